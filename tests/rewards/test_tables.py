"""The points table in editions: a trial books nothing, a switch is one act, past acts change only by a batch."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common import clock, settings
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import SYSTEM
from forum.questions import publishing
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.endorsing import endorse_answer
from rewards.ledger.limits import limits, rules
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import RULES, Amounts
from rewards.tables import changing, counting, queries
from rewards.tables.models import RuleEdition, TrialSum
from rewards.tables.rules import recount
from tests.conftest import START

DEAR = {"answer.accepted": Amounts(40, 30), "question.metoo": Amounts(1, 3)}
WHY = "Solutions are worth more"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)
    yield
    settings.forget()


@pytest.fixture
def thread(ada, ben, make_question, make_answer, at):
    question_id = make_question(ada)
    at(timedelta(hours=2))
    return question_id, make_answer(ben, question_id)


def lines_count():
    return db.session.scalar(select(func.count()).select_from(LedgerEntry))


def logged(act):
    return db.session.scalar(select(func.count()).where(AuditEntry.act == act))


def test_a_new_table_counts_from_now_on_and_its_lines_say_so(thread, ada, ben, max_, points, lines):
    before, booked = points(ben), lines_count()
    assert changing.change(max_, DEAR, WHY, 0, seen=1) == 2
    assert changing.in_force() == 2
    assert lines_count() == booked
    accept_answer(ada, *thread)
    assert points(ben) == (before[0] + 40, before[1] + 30)
    versions = {line.rule_key: line.rule_version for line in lines(ben)}
    assert versions["answer.accepted"] == 2
    assert versions["onboard.first_answer"] == 1
    assert logged("setting.changed") == 1


def test_only_managers_change_the_table_and_with_a_reason(ada, sam, mo, max_):
    for who in (ada, sam, mo):
        with pytest.raises(Forbidden):
            changing.change(who, DEAR, WHY, 0, seen=1)
        with pytest.raises(Forbidden):
            changing.switch(who, 1, WHY, seen=1)
    for wanted, reason, days in (
        (DEAR, " ", 0),
        (DEAR, "w" * 301, 0),
        (DEAR, WHY, 93),
        ({"answer.accepted": Amounts(-1, 0)}, WHY, 0),
        ({"answer.accepted": Amounts(10_001, 0)}, WHY, 0),
        ({"answer.accepted": RULES["answer.accepted"].amounts}, WHY, 0),
    ):
        with pytest.raises(Invalid):
            changing.change(max_, wanted, reason, days, seen=1)
    with pytest.raises(NotFound):
        changing.change(max_, {"answer.bought": Amounts(1, 1)}, WHY, 0, seen=1)
    with pytest.raises(NotFound):
        changing.switch(max_, 7, WHY, seen=1)
    assert db.session.scalar(select(func.count()).select_from(RuleEdition)) == 0


def test_a_table_somebody_changed_meanwhile_is_not_overwritten(max_, root):
    changing.change(max_, DEAR, WHY, 0, seen=1)
    with pytest.raises(Conflict):
        changing.change(root, {"answer.fast": Amounts(1, 1)}, WHY, 0, seen=1)
    with pytest.raises(Conflict):
        changing.switch(root, 1, WHY, seen=1)


def test_a_trial_books_nothing_and_shows_both_totals(thread, ada, ben, max_, points, at):
    at(timedelta(hours=22))
    changing.change(max_, DEAR, WHY, 30, seen=1)
    with pytest.raises(Conflict):
        changing.change(max_, {"answer.fast": Amounts(1, 1)}, WHY, 5, seen=1)
    before = points(ben)
    at(timedelta(hours=1))
    accept_answer(ada, *thread)
    give_kudos(ada, thread[1])
    assert points(ben) == (before[0] + 30, before[1] + 27)
    booked = lines_count()
    assert counting.count_trial() >= 1
    counting.count_trial()
    assert lines_count() == booked
    own = queries.own_trial(ben.member_id)
    assert (own.reputation, own.spendable) == (30, 27)
    assert (own.reputation_on_trial, own.spendable_on_trial) == (45, 32)
    shown = queries.trial()
    assert shown.running
    assert shown.most[0].member.id == ben.member_id
    unaccept_answer(ada, thread[0])
    counting.count_trial()
    own = queries.own_trial(ben.member_id)
    assert (own.reputation, own.reputation_on_trial) == (5, 5)


def test_a_trial_ends_by_itself_and_the_switch_and_the_way_back_are_one_act_each(max_, at, thread):
    changing.change(max_, DEAR, WHY, 10, seen=1)
    at(timedelta(days=11))
    counting.count_trial()
    assert queries.own_trial(1) is None
    assert not queries.trial().running
    assert changing.switch(max_, 2, "It worked", seen=1)
    assert not changing.switch(max_, 2, "It worked", seen=1)
    assert rules()["answer.accepted"].amounts == Amounts(40, 30)
    assert queries.trial() is None
    assert changing.switch(max_, 1, "It did not", seen=2)
    assert queries.trial() is None
    assert rules() == RULES
    assert changing.change(max_, {"answer.fast": Amounts(1, 1)}, WHY, 0, seen=1) == 3
    assert (logged("points.trial"), logged("setting.changed")) == (1, 3)


def test_a_trial_is_ended_without_a_change(max_):
    changing.change(max_, DEAR, WHY, 10, seen=1)
    assert changing.end_trial(max_, "Too dear")
    assert not changing.end_trial(max_, "Too dear")
    assert changing.in_force() == 1
    assert queries.own_trial(1) is None
    assert queries.trial() is None


def test_a_trial_whose_time_is_over_is_decided_too(max_, at):
    changing.change(max_, DEAR, WHY, 10, seen=1)
    at(timedelta(days=11))
    counting.count_trial()
    assert changing.end_trial(max_, "Too dear")
    assert queries.trial() is None


def test_past_acts_are_booked_anew_only_by_a_batch_and_once(app, thread, ada, ben, mo, max_, points, lines):
    accept_answer(ada, *thread)
    endorse_answer(mo, thread[1])
    before, booked = points(ben), lines_count()
    changing.change(max_, DEAR, WHY, 0, seen=1)
    dry = counting.migrate(max_, START.date())
    assert (points(ben), lines_count()) == (before, booked)
    done = counting.migrate(max_, START.date(), apply=True, reason="A fairer table")
    assert done == dry
    assert done.points == Amounts(15, 5)
    assert points(ben) == (before[0] + 15, before[1] + 5)
    [said] = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "points.migrated"))
    assert (said.target_id, said.reason, json.loads(said.after)["lines"]) == (
        START.date().isoformat(),
        "A fairer table",
        done.lines,
    )
    with pytest.raises(Invalid):
        counting.migrate(max_, START.date(), apply=True, reason=" ")
    run = app.test_cli_runner().invoke(args=["ledger", "migrate", "--since", "2026-01-01", "--apply"])
    assert run.exit_code != 0 and "--reason" in run.output
    assert counting.migrate(max_, START.date(), apply=True, reason="A fairer table").lines == 0
    live = [line for line in lines(ben) if line.rule_key == "answer.accepted" and line.kind == "earn"]
    assert {line.rule_version for line in live[-2:]} == {2}
    unaccept_answer(ada, thread[0])
    assert points(ben) == (before[0] - 10, before[1] - 10)  # the recommendation alone


def test_a_batch_reaches_accounts_that_had_no_line_and_goes_back(ada, ben, cleo, max_, make_question, points):
    question_id = make_question(ada)
    give_kudos(ben, question_id)
    before = points(ada)
    changing.change(max_, DEAR, WHY, 0, seen=1)
    counting.migrate(max_, START.date(), apply=True, reason="A fairer table")
    assert points(ada) == (before[0], before[1] + 3)
    assert counting.migrate(max_, START.date()).lines == 0
    changing.switch(max_, 1, "Back", seen=2)
    counting.migrate(max_, START.date(), apply=True, reason="A fairer table")
    assert points(ada) == before


def test_a_batch_needs_a_manager(ada, sam):
    for who in (ada, sam):
        with pytest.raises(Forbidden):
            counting.migrate(who, START.date(), apply=True, reason="A fairer table")


def test_counted_by_the_table_in_force_every_line_is_worth_what_it_granted(
    ada, ben, cleo, mo, make_question, make_answer, at
):
    for number in range(9):
        asker, helper = (ada, ben) if number % 3 else (ben, cleo)
        question_id = make_question(asker, title=f"Question {number} of nine")
        answer_id = make_answer(helper, question_id)
        give_kudos(mo, answer_id)
        give_kudos(ada if asker is ben else cleo, answer_id)
        if number % 2:
            endorse_answer(mo, answer_id)
        accept_answer(asker, question_id, answer_id)
        if number == 4:
            unaccept_answer(asker, question_id)
        if number == 5:
            publishing.remove(mo, answer_id)
            publishing.restore(mo, answer_id)
        at(timedelta(hours=3))
    since = START.date()
    for _who, found in counting.earned_by([1, 2, 3], since):
        worth = recount(found, rules(), limits(), since)
        assert all(worth[line.id, line.account] == line.granted for line in found)
    assert counting.migrate(SYSTEM, since).lines == 0


def test_two_managers_at_once_make_one_table(app, in_threads, max_, root):
    found = in_threads(2, lambda n: changing.change((max_, root)[n], DEAR, WHY, 0, seen=1))
    assert [one for one in found if one == 2] == [2]
    assert sum(isinstance(one, Conflict) for one in found) == 1


def test_pages_of_the_table(client, sign_in, max_, sam, ada, ben, thread, at):
    sign_in(ada)
    assert client.get("/en/desk/points").status_code == 403
    assert client.get("/en/desk/points/by-hand").status_code == 403
    sign_in(sam)
    page = client.get("/en/desk/points").get_data(as_text=True)
    assert "answer.rescue" in page
    assert 'name="reason"' not in page
    assert client.post("/en/desk/points", data={}).status_code == 403
    sign_in(max_)
    form = {
        f"{key}.{part}": str(rule.amounts.reputation if part == "rep" else rule.amounts.spendable)
        for key, rule in RULES.items()
        for part in ("rep", "sp")
    }
    wrong = {**form, "answer.accepted.rep": "a lot", "reason": WHY, "trial_days": "7", "seen": "1"}
    refused = client.post("/en/desk/points", data=wrong)
    assert refused.status_code == 422
    assert 'value="a lot"' in refused.get_data(as_text=True)
    right = {**wrong, "answer.accepted.rep": "40"}
    assert client.post("/en/desk/points", data=right).status_code == 303
    counting.count_trial()
    assert "Table 2 on trial" in client.get("/en/desk/points").get_data(as_text=True)
    sign_in(ben)
    assert "A new points table is on trial" in client.get("/en/rewards/statement").get_data(as_text=True)
    sign_in(max_)
    put = client.post("/en/desk/points/editions/2/switch", data={"reason": "Good", "seen": "1"})
    assert put.status_code == 303
    stale = client.post("/en/desk/points/editions/1/switch", data={"reason": "Back", "seen": "1"})
    assert stale.status_code == 409
    assert changing.in_force() == 2
    assert db.session.scalar(select(func.count()).select_from(TrialSum)) > 0
    assert clock.now() > START
