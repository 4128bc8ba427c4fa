"""What has been kept for its time goes, exactly; what is held stays; each run is written down."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.retention import holding, running, sweeping
from accounts.retention.models import HoldKind, LegalHold, RetentionPass, RetentionRun
from accounts.retention.periods import registered
from common import audit, clock, jobs
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import save_draft
from forum.questions.models import Post, Question, Revision
from forum.questions.publishing import reject, remove, restore
from forum.questions.withdrawing import withdraw_post
from moderation.escalation.models import Case, CaseEvent, CaseNote
from moderation.flags.models import Flag
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Reason
from moderation.sanctions.models import Appeal, Sanction, Statement
from moderation.sanctions.sanctioning import silence
from tests.conftest import START

DAY = timedelta(days=1)
WHY = "File 12/345 of the public prosecutor"


def gone(rule: str) -> int:
    """What a run takes of a rule."""
    return next(one.gone for one in running.run() if one.rule.key == rule)


def count(model, *criteria) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def hold(root, kind, target_id, days=30) -> int:
    return holding.place_hold(root, kind, target_id, WHY, clock.now() + timedelta(days=days))


@pytest.fixture
def refused(app, ada, mo, at, make_question):
    """A question that was removed at START."""
    at(START)
    question = make_question(
        ada, title="The words of a refused question", body="Words that broke a rule, long enough."
    )
    remove(mo, question)
    return question


def test_a_refused_text_goes_after_six_months_to_the_second_and_leaves_its_place(refused, at):
    at(START + 184 * DAY)
    assert gone("refused-texts") == 0
    at(timedelta(seconds=1))
    assert gone("refused-texts") == 1
    post = db.session.get_one(Question, refused)
    assert (post.body, post.body_html, post.title, str(post.state)) == ("", "", "", "removed")
    assert count(Revision, Revision.post_id == refused) == 0
    assert gone("refused-texts") == 0


def test_what_came_back_stays_whatever_its_age(refused, mo, at):
    restore(mo, refused)
    at(START + 400 * DAY)
    assert gone("refused-texts") == 0
    assert db.session.get_one(Post, refused).body


def test_a_text_somebody_contests_waits_for_the_answer(refused, ada, at):
    with unit_of_work():
        statement = Statement(
            cause="removed:1", measure="removed", member_id=ada.member_id, post_id=refused, reason=Reason.INSULT, clause="2.1",
            appeal_until=START + 184 * DAY,
        )  # fmt: skip
        db.session.add(statement)
        db.session.flush()
        db.session.add(Appeal(statement_id=statement.id, member_id=ada.member_id, text="No"))
    at(START + 200 * DAY)
    assert gone("refused-texts") == 0
    with unit_of_work():
        update_where(Appeal, Appeal.statement_id.is_not(None), decided_at=clock.now())
    assert gone("refused-texts") == 1


def test_what_its_author_took_back_goes_too(app, ada, at, make_question):
    at(START)
    question = make_question(ada)
    withdraw_post(ada, question)
    at(START + 185 * DAY)
    assert gone("withdrawn-texts") == 1
    assert db.session.get_one(Post, question).body == ""


@pytest.mark.parametrize(("kind", "who"), [("member", "ada"), ("post", None)])
def test_what_is_held_stays_and_goes_when_the_hold_is_over(refused, ada, root, at, kind, who):
    hold(root, HoldKind(kind), ada.member_id if who else refused, days=300)
    at(START + 200 * DAY)
    found = next(one for one in running.look() if one.rule.key == "refused-texts")
    assert (found.gone, found.held) == (0, 1)
    assert gone("refused-texts") == 0 and db.session.get_one(Post, refused).body
    at(START + 301 * DAY)
    holding.end_lapsed_holds()
    assert gone("refused-texts") == 1


@pytest.fixture
def reported(app, ada, ben, at, make_question):
    """Reports by ben of a question by ada: one decided, one that waits."""
    at(START)
    question = make_question(ada)
    with unit_of_work():
        for outcome, key in (("agreed", None), (None, "waits")):
            db.session.add(
                Flag(
                    post_id=question,
                    version=1,
                    flagger_id=ben.member_id,
                    reason="off_topic",
                    active_key=key,
                    outcome=outcome,
                )
            )
    return question


def test_decided_reports_go_after_a_year_and_those_that_wait_stay(reported, at):
    at(START + 365 * DAY)
    assert gone("reports") == 0
    at(timedelta(seconds=1))
    assert gone("reports") == 1
    assert count(Flag) == 1


def test_a_hold_on_either_of_the_two_keeps_a_report(reported, ada, ben, root, at):
    at(START + 366 * DAY)
    first = hold(root, HoldKind.MEMBER, ada.member_id)
    second = hold(root, HoldKind.MEMBER, ben.member_id)
    assert gone("reports") == 0
    holding.end_hold(root, first, "The procedure has ended.")
    assert gone("reports") == 0
    holding.end_hold(root, second, "The procedure has ended.")
    assert gone("reports") == 1


def test_decisions_go_after_five_years_with_all_that_leans_on_them(app, ben, mo, at):
    at(START)
    silence(mo, ben.member_id, 24, Reason.INSULT, "Please stay polite.")
    with unit_of_work():
        item = ReviewItem(
            kind="post",
            target_id=1,
            klass=2,
            state="decided",
            due_at=START,
            aged_at=START,
            decided_at=START,
            author_id=ben.member_id,
        )
        db.session.add(item)
        db.session.flush()
        db.session.add(ReviewDecision(item_id=item.id, decision="approve", actor_id=mo.member_id, stamp="1"))
        statement = db.session.scalars(select(Statement)).one()
        db.session.add(
            Appeal(statement_id=statement.id, member_id=ben.member_id, text="No", decided_at=START + DAY)
        )
    at(START + 3 * 365 * DAY)
    running.run()
    assert (count(Appeal), count(Statement), count(ReviewDecision)) == (1, 1, 1)
    at(START + (3 * 365 + 2) * DAY)
    running.run()
    assert (count(Appeal), count(Statement), count(ReviewDecision)) == (0, 1, 1)
    at(START + 5 * 365 * DAY + timedelta(seconds=1))
    running.run()
    assert (count(Statement), count(Sanction), count(ReviewDecision), count(ReviewItem)) == (0, 0, 0, 0)


def test_a_case_forgets_its_notes_three_years_after_its_end(app, ada, sam, root, at, make_question):
    at(START)
    question = make_question(ada)
    with unit_of_work():
        case = Case(
            question_id=question,
            cycle=1,
            state="closed",
            priority="normal",
            opened_at=START,
            ended_at=START + DAY,
        )
        db.session.add(case)
        db.session.flush()
        case_id = case.id
        db.session.add(CaseNote(case_id=case_id, author_id=sam.member_id, body="He called."))
        db.session.add(CaseEvent(case_id=case_id, kind="opened", at=START, detail="x"))
    at(START + (3 * 365 + 1) * DAY)
    assert gone("cases") == 0
    at(timedelta(seconds=1))
    held = hold(root, HoldKind.CASE, case_id)
    assert gone("cases") == 0
    holding.end_hold(root, held, "It is no longer needed.")
    assert gone("cases") == 1
    assert (count(CaseNote), count(CaseEvent), count(Case)) == (0, 0, 1)


def test_the_log_is_shortened_after_three_years_and_holds(app, root, at):
    at(START)
    with unit_of_work():
        audit.write(SYSTEM, "test.old", "thing", 1)
    at(START + 3 * 365 * DAY)
    held = hold(root, HoldKind.MEMBER, 1)
    at(timedelta(days=2))
    assert gone("audit") == 0
    holding.end_hold(root, held, "It is no longer needed.")
    assert gone("audit") == 1
    assert audit.verify() is None


def test_append_only_tables_refuse_everybody_but_a_run_and_no_pass_is_left(app, ben, mo):
    silence(mo, ben.member_id, 24, Reason.INSULT, "Please stay polite.")
    running.run()
    assert count(RetentionPass) == 0
    for statement in ("DELETE FROM statement", "UPDATE statement SET message = ''"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


def test_more_than_a_batch_goes_in_batches_and_no_more_than_a_run_takes(reported, at, monkeypatch, ben):
    monkeypatch.setattr(running, "BATCH", 2)
    monkeypatch.setattr(running, "MOST_A_RUN", 6)
    with unit_of_work():
        for _number in range(8):
            db.session.add(
                Flag(
                    post_id=reported,
                    version=1,
                    flagger_id=ben.member_id,
                    reason="off_topic",
                    outcome="agreed",
                )
            )
    at(START + 366 * DAY)
    looked = next(one for one in running.look() if one.rule.key == "reports")
    assert (looked.gone, looked.left) == (6, 3)
    assert (gone("reports"), gone("reports"), gone("reports")) == (6, 3, 0)


def test_each_run_is_written_down_and_a_rule_that_fails_stops_no_other(reported, at, monkeypatch):
    rule = next(one for one in registered() if one.key == "refused-texts")
    monkeypatch.setattr(running, "registered", lambda: [_broken(rule), *registered()])
    at(START + 366 * DAY)
    running.run()
    runs = {(run.rule, run.gone_count, run.error) for run in db.session.scalars(select(RetentionRun))}
    assert ("broken", 0, "ZeroDivisionError") in runs and ("reports", 1, "") in runs


def _broken(rule):
    from dataclasses import replace

    return replace(rule, key="broken", shorten=lambda *_a: 1 // 0)


def test_zero_days_keeps_for_ever(reported, at, settings_override):
    at(START + 900 * DAY)
    with settings_override(privacy__report_days=0):
        assert all(one.rule.key != "reports" for one in running.run())
    assert count(Flag) == 2


def test_a_hold_needs_an_administrator_a_reason_an_end_and_something_to_hold(app, ada, max_, mo, root):
    for who in (ada, mo, max_):
        with pytest.raises(Forbidden):
            hold(who, HoldKind.MEMBER, ada.member_id)
    now = clock.now()
    for kind, target, reason, until in (
        (HoldKind.MEMBER, 1, "short", now + DAY), (HoldKind.MEMBER, 1, "x" * 501, now + DAY),
        (HoldKind.MEMBER, 1, WHY, now), (HoldKind.MEMBER, 1, WHY, now + 4000 * DAY), (HoldKind.POST, 77777, WHY, now + DAY),
        (HoldKind.CASE, 77777, WHY, now + DAY), (HoldKind.MEMBER, 77777, WHY, now + DAY),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            holding.place_hold(root, kind, target, reason, until)
    assert count(LegalHold) == 0
    first = hold(root, HoldKind.MEMBER, ada.member_id)
    with pytest.raises(Conflict):
        hold(root, HoldKind.MEMBER, ada.member_id)
    with pytest.raises(Forbidden):
        holding.end_hold(max_, first, WHY)
    holding.end_hold(root, first, "The procedure has ended.")
    with pytest.raises(Conflict):
        holding.end_hold(root, first, "The procedure has ended.")
    assert hold(root, HoldKind.MEMBER, ada.member_id)


def test_of_many_who_hold_at_once_one_does(root, in_threads):
    results = in_threads(4, lambda _n: hold(root, HoldKind.MEMBER, 1))
    assert sum(isinstance(one, Conflict) for one in results) == 3


def test_an_account_closed_under_a_hold_is_nobodys_to_see_and_erased_when_it_ends(
    app, ben, ada, root, at, client, drain
):
    at(START)
    held = hold(root, HoldKind.MEMBER, ben.member_id)
    close_account(ben, ben.member_id)
    drain()
    db.session.expire_all()
    member = db.session.get_one(Member, ben.member_id)
    assert member.closed_at and member.email == "ben@example.com"
    assert client.get(f"/en/members/{ben.member_id}/ben").status_code in (404, 410)
    holding.end_hold(root, held, "The procedure has ended.")
    drain()
    db.session.expire_all()
    member = db.session.get_one(Member, ben.member_id)
    assert (member.email, member.display_name) == (None, "–")
    other = hold(root, HoldKind.MEMBER, ada.member_id, days=2)
    close_account(ada, ada.member_id)
    at(3 * DAY)
    assert holding.end_lapsed_holds() == 1 and not holding.end_lapsed_holds()
    db.session.expire_all()
    assert db.session.get_one(Member, ada.member_id).email is None
    assert db.session.get_one(LegalHold, other).ended_at


def test_the_command_says_what_would_go_and_changes_nothing(reported, app, at):
    at(START + 366 * DAY)
    said = app.test_cli_runner().invoke(args=["retention", "--dry-run"])
    assert said.exit_code == 0 and "would go" in said.output
    assert (count(Flag), count(RetentionRun)) == (2, 0)
    assert app.test_cli_runner().invoke(args=["retention"]).exit_code == 0
    assert count(Flag) == 1


def test_the_pages_are_the_managers_and_holds_the_administrators(
    reported, client, sign_in, ben, mo, max_, root, at
):
    pages = ("/en/desk/retention", "/en/desk/retention/holds")
    for who in (ben, mo):
        sign_in(who)
        assert [client.get(page).status_code for page in pages] == [403, 403]
    at(START + 366 * DAY)
    running.run()
    sign_in(max_)
    assert "Reports of texts" in client.get(pages[0]).text
    assert "Place a hold" not in client.get(pages[1]).text
    form = {"kind": "member", "target_id": "2", "until": "2028-01-01", "reason": WHY}
    assert client.post(pages[1], data=form).status_code == 403
    sign_in(root)
    assert "Place a hold" in client.get(pages[1]).text
    wrong = client.post(pages[1], data=form | {"until": "yesterday"})
    assert wrong.status_code == 422 and WHY in wrong.text
    assert client.post(pages[1], data=form).status_code == 303
    assert WHY in client.get(pages[1]).text
    number = db.session.scalars(select(LegalHold.id)).one()
    ended = client.post(f"{pages[1]}/{number}/end", data={"end_reason": "The procedure has ended."})
    assert ended.status_code == 303 and not db.session.get_one(LegalHold, number).open_key


def test_rejected_counts_like_removed(app, ada, mo, at, make_question):
    at(START)
    question = make_question(ada)
    reject(mo, question)
    at(START + 185 * DAY)
    assert gone("refused-texts") == 1


# --- what is short-lived --------------------------------------------------------------------------------------------


def test_every_clean_up_stands_on_the_page_with_its_last_day(app, max_, ada, sign_in, client, at):
    at(START)
    save_draft(ada, "ask", title="", body="Half a question", fields={})
    registered_for = {one.job for one in sweeping.sweeps()}
    clears = re.compile("forget|purge|erase|retire")
    assert (
        {name for name in jobs.periodics() if clears.search(name)} <= registered_for <= set(jobs.periodics())
    )
    at(START + 91 * DAY)
    for _run in range(2):
        jobs.periodics()["forum.forget_drafts"].handler()
    (run,) = db.session.scalars(select(RetentionRun).where(RetentionRun.rule == "drafts"))
    assert (run.gone_count, run.days, run.at) == (1, 90, START + 91 * DAY)
    save_draft(ada, "ask", title="", body="Another", fields={})
    at(START + 91 * DAY + timedelta(minutes=1))
    with unit_of_work():
        sweeping.swept("drafts", 2)
        sweeping.swept("drafts", 0)
    assert count(RetentionRun, RetentionRun.rule == "drafts", RetentionRun.gone_count == 3) == 1
    sign_in(max_)
    page = client.get("/en/desk/retention").text
    assert "Drafts, after the last change" in page and "Cleared away by itself" in page
    assert all(str(one.title) in unescape(page) for one in sweeping.sweeps())


def test_finished_jobs_go_after_a_week_and_that_is_written_down(app, at):
    at(START)
    with unit_of_work():
        db.session.add(jobs.Job(kind="mail", payload={}, unique_key="done", done_at=START))
    at(START + 8 * DAY)
    jobs.periodics()["jobs.purge"].handler()
    assert count(jobs.Job, jobs.Job.unique_key == "done") == 0
    assert db.session.scalar(select(RetentionRun.gone_count).where(RetentionRun.rule == "jobs")) >= 1
