"""Many clocks at once: what is done together is what is done one by one; what was late is told once; a worker that dies loses
nothing and doubles nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from accounts.notifications.models import Notification
from common import clock
from common.db import db
from forum.questions.commenting import comment_on
from moderation.escalation import cases, casework, laddering, stepping, together
from moderation.escalation.models import Case, CaseEvent, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import Stage
from moderation.escalation.sla_rules import ALARMS
from moderation.routing import assigning
from moderation.targets import checking

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Paris."""
NOTE = "We have asked the laboratory and come back to you."


@pytest.fixture
def make_asked(app, at, ada, make_question):
    """Asks so many questions at the same moment; returns their ids."""

    def make(count, at_=MONDAY, **more):
        at(at_)
        return [
            make_question(ada, title=f"Thing number {n} is broken once more", **more) for n in range(count)
        ]

    return make


def story(question_id):
    """Everything the clock has written of a question, without its number."""
    db.session.expire_all()
    stages = select(StageRow.stage, StageRow.due_at, StageRow.recorded_at, StageRow.cause).where(
        StageRow.question_id == question_id
    )
    events = select(
        SlaEvent.metric, SlaEvent.instance, SlaEvent.type, SlaEvent.at, SlaEvent.recorded_at, SlaEvent.source, SlaEvent.retargeted
    ).where(SlaEvent.question_id == question_id)  # fmt: skip
    ladder = db.session.get(Ladder, question_id)
    return (
        sorted(map(tuple, db.session.execute(stages)), key=str),
        sorted(map(tuple, db.session.execute(events)), key=str),
        (ladder.stage, ladder.due_at, ladder.alarm_at, ladder.failure_count),
    )


def one_by_one(patch):
    patch.setattr(together, "step", lambda _ids: set())
    patch.setattr(laddering, "CALLS_BATCH", 1)


def called(question_id):
    """Whom the clock has called to a question, and what stands in its case."""
    case = casework.case_of(question_id, 1)
    lines = db.session.scalars(
        select(CaseEvent.kind).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    )
    news = select(
        Notification.member_id, Notification.kind, Notification.mail_due_at, Notification.mail_is_digest
    )
    news = news.where(Notification.question_id == question_id)
    return (
        case.state,
        case.version,
        case.due_at,
        case.assignee_id,
        list(lines),
        sorted(db.session.execute(news), key=str),
    )


def told():
    rows = db.session.execute(select(Notification.member_id, Notification.kind, Notification.cause))
    return sorted(map(tuple, rows))


# --- together -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "category_id"),
    [(timedelta(hours=1, minutes=1), 1), (timedelta(hours=2, minutes=1), 1), (timedelta(days=9), 3)],
)
def test_steps_done_together_are_those_done_one_by_one(make_asked, at, monkeypatch, after, category_id):
    """Category 3 calls nobody, so that even the alarms of nine days are nobody's news."""
    alone, company = make_asked(4, category_id=category_id)[:2], []
    at(MONDAY + after)
    with monkeypatch.context() as patch:
        one_by_one(patch)
        laddering.sweep()
    reference = story(alone[0])
    assert reference[0], "something has happened"
    company = make_asked(3, category_id=category_id)
    at(MONDAY + after)
    laddering.sweep()
    assert [story(one) for one in company] == [reference] * 3
    assert checking.faults() == []


@pytest.mark.parametrize("hours", [5, 12])
def test_calls_made_together_are_those_made_one_by_one(make_asked, at, sam, monkeypatch, hours):
    after = timedelta(hours=hours, minutes=1)
    alone = make_asked(3)
    assigning.note_here(sam)
    with monkeypatch.context() as patch:
        one_by_one(patch)
        at(MONDAY + timedelta(hours=4, minutes=1))
        laddering.sweep()
        at(MONDAY + after)
        laddering.sweep()
    reference = [(story(one), called(one)) for one in alone]
    assert reference[0][1][-1], "somebody was called"
    company = make_asked(3)
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    at(MONDAY + after)
    laddering.sweep()
    assert [(story(one), called(one)) for one in company] == reference
    assert len(told()) == len(set(told())) and checking.faults() == []


def test_one_that_cannot_be_called_keeps_nobody_back(make_asked, at, monkeypatch):
    ids = make_asked(3)
    true = stepping.tell_of

    def broken(ladder, *rest):
        if ladder.question_id == ids[1]:
            raise ValueError("a row nobody expected")
        return true(ladder, *rest)

    monkeypatch.setattr(stepping, "tell_of", broken)
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    assert [story(one)[2][0] for one in ids] == [Stage.STAFF, None, Stage.STAFF]
    assert db.session.get(Ladder, ids[1]).failure_count == 1
    assert len(told()) == len(set(told())) and len({one for one in told() if one[1] == "case-opened"}) == 2


def test_a_hundred_steps_together_cost_hardly_more_statements_than_ten(make_asked, at, count_queries):
    make_asked(4)
    at(MONDAY + timedelta(hours=1, minutes=1))
    with count_queries() as few:
        laddering.sweep()
    ids = make_asked(24)
    at(MONDAY + timedelta(hours=1, minutes=1))
    with count_queries() as many:
        laddering.sweep()
    assert {story(one)[2][0] for one in ids} == {Stage.VISIBLE}
    assert len(many) - len(few) <= 20, "one for each fact that is told outside"


def test_where_one_fails_each_has_its_own_turn(make_asked, at, monkeypatch):
    ids = make_asked(3)
    true = laddering.clocks.climb_of

    def broken(row, *rest, **more):
        if row.question_id == ids[1]:
            raise ValueError("a row nobody expected")
        return true(row, *rest, **more)

    monkeypatch.setattr(laddering.clocks, "climb_of", broken)
    at(MONDAY + timedelta(hours=1, minutes=1))
    laddering.sweep()
    assert [story(one)[2][0] for one in ids] == [Stage.VISIBLE, None, Stage.VISIBLE]
    assert db.session.get(Ladder, ids[1]).failure_count == 1


@pytest.mark.parametrize("sweepers", [2, 4])
def test_several_schedulers_at_once_do_each_step_once(make_asked, at, in_threads, sweepers):
    ids = [*make_asked(8, category_id=3), *make_asked(4)]
    at(MONDAY + timedelta(days=9))
    results = in_threads(sweepers, lambda _n: laddering.sweep())
    assert not [one for one in results if isinstance(one, Exception)]
    while laddering.sweep():
        pass
    rows = db.session.execute(select(StageRow.question_id, StageRow.stage)).all()
    assert len(rows) == len(set(rows)) == 8 + 4 * 7
    alarms = db.session.execute(
        select(SlaEvent.question_id, SlaEvent.metric, SlaEvent.type).where(SlaEvent.type.in_(ALARMS))
    ).all()
    assert len(alarms) == len(set(alarms)) == 8 * 4 + 4 * 6
    assert len(told()) == len(set(told())) and checking.faults() == []
    assert len({one for one, _stage in rows}) == len(ids)


def test_a_step_together_that_holds_no_row_would_be_caught(make_asked, at, in_threads, monkeypatch):
    """The twin reads what is due without holding it, waits as a busy server does, and tells what it then writes."""
    import time

    from common.unit_of_work import unit_of_work

    ids, told_of = make_asked(2), []
    at(MONDAY + timedelta(hours=1, minutes=1))

    def twin(_number):
        due = list(db.session.scalars(select(Ladder.question_id).where(Ladder.due_at <= clock.now())))
        db.session.rollback()
        time.sleep(0.05)
        with unit_of_work():
            for question_id in due:
                laddering.update_where(Ladder, Ladder.question_id == question_id, due_at=None)
                told_of.append(question_id)

    in_threads(4, twin)
    assert len(told_of) > len(ids)


# --- late -----------------------------------------------------------------------------------------------------------


def worked_on(at, sam, ids):
    """Cases that sam has taken and said a word in: news are promised."""
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    for question_id in ids:
        cases.take(sam, casework.case_of(question_id, 1).id)
        comment_on(sam, question_id, body=NOTE)


def test_alarms_after_a_standstill_are_told_in_one_notice(make_asked, at, sam, max_, drain):
    worked_on(at, sam, make_asked(3))
    at(MONDAY + timedelta(days=6))
    before = told()
    laddering.sweep()
    at(timedelta(minutes=2))
    drain()
    news = [row[:2] for row in told() if row not in before]
    assert sorted(news) == [(sam.member_id, "cases-caught-up"), (max_.member_id, "cases-caught-up")]
    counted = db.session.scalars(select(Notification.params).where(Notification.kind == "cases-caught-up"))
    assert [one["questions"] for one in counted] == [3, 3]
    late = select(SlaEvent.at, SlaEvent.recorded_at).where(SlaEvent.type.in_(ALARMS))
    assert all(row.at < row.recorded_at - timedelta(hours=1) for row in db.session.execute(late))


def test_stages_and_alarms_that_were_late_are_one_notice_too(make_asked, at, sam, drain):
    ids = make_asked(2)
    worked_on(at, sam, ids)
    make_asked(1)
    at(MONDAY + timedelta(days=6))
    laddering.sweep()
    at(timedelta(minutes=2))
    drain()
    counted = list(
        db.session.scalars(select(Notification.params).where(Notification.kind == "cases-caught-up"))
    )
    assert {one["questions"] for one in counted} == {3}
    assert not [row for row in told() if row[1] in ("case-late", "case-warning", "case-overdue")]


def test_what_came_in_time_is_not_counted_with_what_was_late(make_asked, at, drain, sam):
    make_asked(2)
    make_asked(1, MONDAY + timedelta(hours=5))
    at(MONDAY + timedelta(hours=9, seconds=7))
    laddering.sweep()
    assert [row[1] for row in told() if row[0] == sam.member_id] == ["case-opened"]
    at(timedelta(minutes=2))
    drain()
    counted = db.session.scalars(select(Notification.params).where(Notification.kind == "cases-caught-up"))
    assert {one["questions"] for one in counted} == {2}


def test_what_is_late_about_danger_is_told_at_once(make_asked, at, sam, ada, make_question):
    at(MONDAY)
    question_id = make_question(ada, title="Smoke and sparks behind the dishwasher")
    cases.take(sam, casework.case_of(question_id, 1).id)
    comment_on(sam, question_id, body=NOTE)
    at(MONDAY + timedelta(days=6))
    laddering.sweep()
    assert (sam.member_id, "case-late") in {row[:2] for row in told()}


# --- dying ----------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What nothing catches: the process is gone."""


def die_again_and_again(step=1):
    """Sweep, and be gone after ever more statements, until a sweep comes through."""
    for most in range(1, 2_000, step):
        left = [most]

        def count(*_more, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise Killed

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            laddering.sweep()
        except Killed:
            pass
        else:
            return most
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
            db.session.rollback()
            db.session.remove()
    raise AssertionError("it never comes through")


def outcome(ids, drain, outbox):
    drain()
    letters = sorted((mail["To"], mail["Subject"]) for mail in outbox())
    kinds = sorted(row[:2] for row in told())
    lines = sorted(db.session.scalars(select(CaseEvent.kind)))
    opened = db.session.scalar(select(db.func.count(Case.id)))
    return [story(one)[0] for one in ids], kinds, letters, lines, opened


def test_a_worker_that_dies_at_any_statement_loses_no_stage_and_doubles_no_mail(
    make_asked, at, drain, outbox
):
    ids = make_asked(3)
    at(MONDAY + timedelta(hours=4, minutes=1))
    assert die_again_and_again() > 20, "it died at many places"
    stages, kinds, letters, lines, opened = outcome(ids, drain, outbox)
    assert [[row[0] for row in one] for one in stages] == [
        [Stage.STAFF, Stage.SUPER_USERS, Stage.VISIBLE]
    ] * 3
    assert (opened, lines) == (3, ["opened"] * 3)
    assert len(kinds) == 6 and letters == sorted(set(letters)), "the asker and the agent, once each"


def test_a_step_in_two_transactions_would_be_caught(make_asked, at, drain, outbox, monkeypatch):
    """The twin keeps the stages before it tells anybody: whoever dies in between has told nobody, for ever."""
    true = together._tell

    def careless(turns):
        db.session.commit()
        true(turns)

    monkeypatch.setattr(together, "_tell", careless)
    ids = make_asked(3)
    at(MONDAY + timedelta(hours=4, minutes=1))
    die_again_and_again(step=4)
    stages, kinds, _letters, _lines, opened = outcome(ids, drain, outbox)
    assert all(stages) and opened == 3 and len(kinds) < 6
