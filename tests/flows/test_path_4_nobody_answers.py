"""The fourth path: nobody answers, the clock calls the team, and the asker hears every step by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common import jobs
from common.db import db
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from moderation.escalation import cases, casework, clocks
from moderation.escalation.models import Ladder, StageRow
from moderation.escalation.rules import CaseState, Stage
from moderation.escalation.sla_rules import Metric, Standing
from moderation.routing import assigning
from tests.flows.conftest import text_of

FRIDAY = datetime(2026, 4, 3, 15, 0, tzinfo=UTC)
"""Five in the afternoon in Paris, before a Saturday with shorter hours, a Sunday and Easter Monday."""


def worker(at, moment):
    """A worker's round at a moment: what is due by period, then the jobs."""
    at(moment)
    jobs.run_due_periodics()
    jobs.run_due_jobs()


def stages(question_id):
    rows = db.session.execute(
        db.select(StageRow.stage, StageRow.due_at).where(StageRow.question_id == question_id)
    )
    return {row.stage: row.due_at for row in rows}


def test_nobody_answers_and_the_team_keeps_its_promise(
    app, at, sink, client, sign_in, ada, sam, max_, make_question
):
    at(FRIDAY)
    question_id = make_question(ada)
    page = client.get(f"/en/questions/{question_id}/x", follow_redirects=True).text
    assert "What happens now" in page

    worker(at, FRIDAY + timedelta(hours=1, seconds=20))
    assert stages(question_id) == {Stage.VISIBLE: FRIDAY + timedelta(hours=1)}
    assert not sink.mails

    # Three hours of Friday are left at five; the fourth is on Saturday from nine to ten.
    passed = datetime(2026, 4, 4, 8, 0, tzinfo=UTC)
    worker(at, passed - timedelta(seconds=20))
    assert Stage.STAFF not in stages(question_id)
    worker(at, passed + timedelta(seconds=25))
    assert stages(question_id)[Stage.STAFF] == passed
    case = casework.case_of(question_id, 1)
    assert case.due_at == datetime(2026, 4, 4, 12, 0, tzinfo=UTC)

    worker(at, passed + timedelta(minutes=15))
    told = sink.to("ada@example.com")
    assert "Passed to the team" in str(told[-1]["Subject"])
    assert "Reply expected before 4 April 2026, 14:00" in text_of(told[-1])
    page = client.get(f"/en/questions/{question_id}/x", follow_redirects=True).text
    assert "A person of the team answers before 4 April 2026, 14:00." in page

    at(passed + timedelta(hours=1))
    assigning.note_here(sam)
    worker(at, passed + timedelta(hours=1, seconds=20))
    worker(at, passed + timedelta(hours=1, minutes=15))
    assert casework.case_of(question_id, 1).assignee_id == sam.member_id
    assert [mail for mail in sink.to("sam@example.com") if f"E-{case.id} is yours" in text_of(mail)]

    worker(at, passed + timedelta(hours=2, seconds=20))
    assert Stage.WARNING in stages(question_id)

    browser = sign_in(sam)
    seen = (
        browser.get(f"/en/desk/escalations/{case.id}")
        .text.partition('name="seen" value="')[2]
        .partition('"')[0]
    )
    answer = browser.post(
        f"/en/desk/escalations/{case.id}/answer",
        data={"body": "Clean the small filter behind the hatch, then run a short cycle.", "seen": seen},
    )
    assert answer.status_code == 303
    assert casework.case_of(question_id, 1).state is CaseState.ANSWERED
    reading = clocks.reading_of(db.session.get(Ladder, question_id), Metric.FIRST_REPLY_STAFF)
    assert reading.standing is Standing.MET

    worker(at, passed + timedelta(days=9))
    assert Stage.BREACH not in stages(question_id)
    assert [mail for mail in sink.to("ada@example.com") if "filter" not in str(mail["Subject"])][1:]
    page = client.get(f"/en/questions/{question_id}/x", follow_redirects=True).text
    assert "Passed to the" not in page


def test_a_breach_reaches_the_manager_by_mail(app, at, sink, ada, sam, max_, make_question):
    at(FRIDAY)
    question_id = make_question(ada)
    for hours in (1, 2, 17, 18, 19, 21):
        worker(at, FRIDAY + timedelta(hours=hours, seconds=20))
    worker(at, FRIDAY + timedelta(hours=22))
    assert stages(question_id)[Stage.BREACH] == datetime(2026, 4, 4, 12, 0, tzinfo=UTC)
    late = [mail for mail in sink.mails if "is late" in text_of(mail)]
    assert {str(mail["To"]) for mail in late} == {"sam@example.com", "max@example.com"}


def test_a_removed_answer_puts_everything_back(app, at, sink, ada, ben, mo, make_question, make_answer):
    at(FRIDAY)
    question_id = make_question(ada)
    worker(at, FRIDAY + timedelta(minutes=30))
    answer_id = make_answer(ben, question_id)
    worker(at, FRIDAY + timedelta(hours=1, minutes=1))
    assert stages(question_id) == {}
    with unit_of_work():
        publishing.remove(mo, answer_id)
    worker(at, FRIDAY + timedelta(hours=1, minutes=2))
    assert stages(question_id) == {Stage.VISIBLE: FRIDAY + timedelta(hours=1)}
    worker(at, datetime(2026, 4, 4, 8, 0, 20, tzinfo=UTC))
    assert stages(question_id)[Stage.STAFF] == datetime(2026, 4, 4, 8, 0, tzinfo=UTC)


def test_a_worker_that_was_down_catches_up(app, at, sink, ada, make_question):
    at(FRIDAY)
    ids = [make_question(ada, title=f"Thing number {n} is broken once more") for n in range(5)]
    back = datetime(2026, 4, 4, 10, 30, tzinfo=UTC)
    worker(at, back)
    for question_id in ids:
        assert stages(question_id)[Stage.STAFF] == datetime(2026, 4, 4, 8, 0, tzinfo=UTC)
    worker(at, back + timedelta(minutes=2))
    worker(at, back + timedelta(minutes=20))
    bundled = [mail for mail in sink.to("sam@example.com") if "has caught up: 5 questions" in text_of(mail)]
    assert len(bundled) == 1
    assert not [mail for mail in sink.to("sam@example.com") if "is yours" in text_of(mail)]


def test_handing_back_shows_it_to_the_community_again(app, at, ada, sam, make_question):
    at(FRIDAY)
    question_id = make_question(ada)
    worker(at, datetime(2026, 4, 4, 8, 0, 20, tzinfo=UTC))
    case_id = cases.take_next(sam)
    cases.hand_back(sam, case_id, cases.HandBackReason.OPINION)
    assert db.session.get(Ladder, question_id, populate_existing=True).cycle == 2
    assert casework.case_of(question_id, 2) is None
