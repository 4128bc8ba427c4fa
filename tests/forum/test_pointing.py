"""Pointing out duplicates: who may, who decides, what it earns, and what is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.merging import merge_question
from forum.pointing import pointing
from forum.pointing.models import DuplicateHint
from forum.pointing.queries import own_hints, waiting
from forum.pointing.rules import HintState
from forum.questions import publishing
from forum.questions.models import Question
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.drift import drifts
from rewards.badges.counts.deeds import confirmed_duplicates
from rewards.badges.counts.sources import EVERYBODY, Who
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, CauseType
from rewards.ledger.verifying import faults
from tests.conftest import START


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    at(START + timedelta(hours=1))


@pytest.fixture
def question(ada, make_question) -> int:
    return make_question(ada)


@pytest.fixture
def original(cleo, make_question) -> int:
    return make_question(cleo, title="Another question here")


@pytest.fixture
def hint(ben, question, original) -> int:
    return pointing.point_out(ben, question, original, "The same code")


def state_of(hint_id):
    return pointing.load(hint_id).state


def leads_to(question_id):
    return db.session.get(Question, question_id, populate_existing=True).duplicate_of_id


def earned(member) -> int:
    e = LedgerEntry
    mine = (e.member_id == member.member_id, e.cause_type == CauseType.DUPLICATE)
    total = select(func.sum(e.granted)).where(*mine, e.account == Account.REPUTATION)
    return db.session.scalar(total) or 0


def heard(member):
    mine = (Notification.member_id == member.member_id, Notification.withdrawn_at.is_(None))
    kinds = db.session.scalars(select(Notification.kind).where(*mine))
    return [kind for kind in kinds if kind.startswith("hint")]


# --- pointing out ---------------------------------------------------------------------------------------------------


def test_a_hint_changes_nothing_by_itself(ben, hint, question, original):
    assert pointing.point_out(ben, question, original) == hint
    assert leads_to(question) is None and state_of(hint) is HintState.OPEN


def test_rank_two_points_out_and_so_does_who_asked(ada, newcomer, zed, question, original, leaves_no_trace):
    for who in (ANONYMOUS, newcomer, zed):
        with leaves_no_trace(Forbidden):
            pointing.point_out(who, question, original)
    assert pointing.point_out(ada, question, original)


def test_one_hint_at_a_time_and_never_to_itself(ben, cleo, hint, question, original, leaves_no_trace):
    with leaves_no_trace(Conflict):
        pointing.point_out(cleo, question, original)
    for target in (None, original, 999_999):
        with leaves_no_trace(Invalid):
            pointing.point_out(ben, original, target)
    with leaves_no_trace(NotFound):
        pointing.point_out(ben, 999_999, question)


def test_closed_and_held_questions_take_no_hint(ben, mo, question, original, leaves_no_trace):
    close_question(mo, question, "off_topic")
    with leaves_no_trace(Forbidden):
        pointing.point_out(ben, question, original)


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_trusted_member_confirms_and_the_pointer_earns_two(ben, cleo, hint, question, original):
    assert pointing.confirm(cleo, hint) and not pointing.confirm(cleo, hint)
    assert leads_to(question) == original and earned(ben) == 2
    assert heard(ben) == ["hint-confirmed"] and not list(drifts()) and not list(faults())


def test_nobody_decides_alone_about_their_own(ada, ben, cleo, question, original, leaves_no_trace):
    mine = pointing.point_out(cleo, question, original)
    for who in (cleo, ada, ben, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            pointing.confirm(who, mine)
        with leaves_no_trace(Forbidden):
            pointing.decline(who, mine)
    with leaves_no_trace(Forbidden):
        pointing.withdraw_hint(ben, mine)
    assert pointing.withdraw_hint(cleo, mine) and not pointing.withdraw_hint(cleo, mine)


def test_declined_it_earns_nothing_and_may_be_pointed_out_anew(ben, mo, hint, question, original):
    assert pointing.decline(mo, hint) and not pointing.decline(mo, hint)
    with pytest.raises(Conflict):
        pointing.confirm(mo, hint)
    assert leads_to(question) is None and earned(ben) == 0 and heard(ben) == ["hint-declined"]
    assert pointing.point_out(ben, question, original) != hint


def test_unlinked_the_points_go_and_a_later_link_by_others_brings_none(
    ben, mo, cleo, hint, question, original
):
    pointing.confirm(cleo, hint)
    reopen_question(mo, question)
    assert earned(ben) == 0 and heard(ben) == [] and leads_to(question) is None
    mark_duplicate(mo, question, original)
    assert earned(ben) == 0 and not list(faults())


def test_a_removed_question_takes_its_points_along_and_brings_them_back(ben, mo, cleo, hint, question):
    pointing.confirm(cleo, hint)
    publishing.remove(mo, question)
    assert earned(ben) == 0
    publishing.restore(mo, question)
    assert earned(ben) == 2 and not list(faults())


def test_who_pointed_to_the_same_was_right_when_the_team_was_faster(ben, mo, hint, question, original):
    mark_duplicate(mo, question, original)
    assert state_of(hint) is HintState.CONFIRMED and earned(ben) == 2


def test_what_is_closed_or_merged_otherwise_ends_the_hint(
    ada, ben, mo, hint, question, original, make_question
):
    other = make_question(ada, title="A third question here")
    merge_question(mo, question, other)
    assert state_of(hint) is HintState.OVERTAKEN and earned(ben) == 0
    second = pointing.point_out(ben, other, original)
    close_question(mo, other, "outdated")
    assert state_of(second) is HintState.OVERTAKEN


def test_ten_a_day_pay_and_the_team_earns_nothing(
    ada, ben, sam, mo, cleo, original, make_question, settings_override, at
):
    with settings_override(rewards__duplicates_a_day=2):
        for number in range(4):
            question = make_question(ada, title=f"The same question, number {number}")
            pointing.confirm(cleo, pointing.point_out(ben, question, original))
        assert earned(ben) == 4
        at(timedelta(days=1))
        question = make_question(ada, title="The same question, a day later")
        pointing.confirm(cleo, pointing.point_out(ben, question, original))
    assert earned(ben) == 6
    question = make_question(ada, title="The same question, for the team")
    pointing.confirm(mo, pointing.point_out(sam, question, original))
    assert earned(sam) == 0


def test_the_librarian_was_right_four_times_in_five(ada, ben, mo, original, make_question):
    ids = []
    for number in range(6):
        question = make_question(ada, title=f"The same question, number {number}")
        ids.append(pointing.point_out(ben, question, original))
    for one in ids[:4]:
        pointing.confirm(mo, one)
    assert confirmed_duplicates(Who((ben.member_id,))) == {(ben.member_id, ""): (4, None)}
    pointing.decline(mo, ids[4])
    assert confirmed_duplicates(EVERYBODY) == {(ben.member_id, ""): (4, None)}
    pointing.decline(mo, ids[5])
    assert confirmed_duplicates(EVERYBODY) == {}


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_point_out_list_and_decide(app, client, sign_in, ada, ben, cleo, mo, question, original):
    mine, judge = sign_in(ben, app.test_client()), sign_in(cleo, app.test_client())
    assert (
        f"/en/questions/{question}/covered"
        in mine.get(f"/en/questions/{question}", follow_redirects=True).text
    )
    assert "covered" not in client.get(f"/en/questions/{question}", follow_redirects=True).text
    form = f"/en/questions/{question}/covered"
    assert client.get(form).status_code in (302, 303, 403)
    assert mine.get(form).status_code == 200
    wrong = mine.post(form, data={"covered-number": "999999", "words": "Same code"})
    assert wrong.status_code == 422 and 'value="Same code"' in wrong.text
    assert mine.post(form, data={"covered-number": f"#{original}", "words": "Same code"}).status_code == 303
    assert "Same code" in judge.get("/en/covered").text and "Same code" in mine.get("/en/covered").text
    hint = db.session.scalar(select(DuplicateHint.id))
    assert mine.post(f"/en/covered/{hint}/confirm").status_code == 403
    assert judge.post(f"/en/covered/{hint}/confirm").status_code == 303
    assert leads_to(question) == original and "Nothing to decide." in judge.get("/en/covered").text
    assert "confirmed" in mine.get("/en/covered").text


def test_what_is_hidden_is_in_no_list(ben, cleo, mo, hint, question, original):
    assert [row.id for row in waiting(cleo).items] == [hint] and waiting(ben).items == []
    publishing.hide(mo, original)
    assert waiting(cleo).items == [] and own_hints(ben).items == []
