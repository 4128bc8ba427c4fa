"""Two sweeps at once and fifty hands on one case: each stage once, one agent. Racy twins that must be caught."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Refusal
from common.unit_of_work import unit_of_work
from moderation.calling import calling
from moderation.escalation import cases, casework, laddering
from moderation.escalation.models import Case, CaseEvent, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import CaseState, Stage
from moderation.escalation.sla_rules import ALARMS, Metric, SlaType
from moderation.targets import checking
from tests.conftest import actor_named

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANY = 50


def crowd(role, count, first=201):
    """Members of a role, beside the cast."""
    from accounts.members.models import Member
    from common.permissions import Actor

    with unit_of_work():
        for number in range(first, first + count):
            db.session.add(
                Member(
                    id=number, email=f"a{number}@example.com", email_key=f"a{number}@example.com", email_verified_at=MONDAY,
                    display_name=f"Agent {number}", name_key=f"agent{number}", slug=f"agent-{number}", language="en",
                    joined_at=MONDAY, rank=1, role=role,
                )
            )  # fmt: skip
    return [
        Actor(member_id=n, role=role, rank=1, language="en", email_verified=True, joined_at=MONDAY)
        for n in range(first, first + count)
    ]


def queued(make_question, at, count=1):
    at(MONDAY)
    ids = [
        make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(count)
    ]
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    return [casework.case_of(question_id, 1).id for question_id in ids]


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]


def test_two_sweeps_at_once_do_each_step_once(app, at, make_question, in_threads):
    at(MONDAY)
    ids = [
        make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(12)
    ]
    at(MONDAY + timedelta(hours=8, minutes=1))
    results = in_threads(4, lambda _n: laddering.sweep())
    assert not unexpected(results)
    while laddering.sweep():
        pass
    rows = db.session.execute(db.select(StageRow.question_id, StageRow.stage)).all()
    assert len(rows) == len(set(rows)) == 12 * 6
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 12
    told = db.session.execute(db.select(Notification.member_id, Notification.kind, Notification.cause)).all()
    assert len(told) == len(set(told))
    opened = Counter(db.session.scalars(db.select(CaseEvent.case_id).where(CaseEvent.kind == "opened")))
    late = Counter(db.session.scalars(db.select(CaseEvent.case_id).where(CaseEvent.kind == "late")))
    assert set(opened.values()) == set(late.values()) == {1}
    assert {db.session.get(Ladder, one).stage for one in ids} == {Stage.BREACH}


@pytest.mark.parametrize("sweepers", [2, 4])
def test_alarms_of_every_promise_sound_once_whoever_sweeps(app, at, make_question, in_threads, sweepers):
    at(MONDAY)
    ids = [make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(6)]
    at(MONDAY + timedelta(days=10))
    results = in_threads(sweepers, lambda _n: laddering.sweep())
    assert not unexpected(results)
    while laddering.sweep():
        pass
    rows = db.session.execute(
        db.select(SlaEvent.question_id, SlaEvent.metric, SlaEvent.instance, SlaEvent.type).where(
            SlaEvent.type.in_(ALARMS)
        )
    ).all()
    metrics = (Metric.FIRST_REPLY_ANY, Metric.FIRST_REPLY_STAFF, Metric.RESOLUTION)
    assert len(rows) == len(set(rows)) == len(ids) * len(metrics) * len(ALARMS)
    told = db.session.execute(db.select(Notification.member_id, Notification.kind, Notification.cause)).all()
    assert len(told) == len(set(told))
    assert checking.faults() == []


def test_an_alarm_that_looks_before_it_writes_would_be_caught(app, at, make_question, in_threads):
    """The twin: it reads what is written, waits a moment, and writes under a name of its own."""
    at(MONDAY)
    question_id = make_question(actor_named("ada"))
    at(MONDAY + timedelta(days=10))

    def twin(number):
        written = db.session.scalar(db.select(SlaEvent.id).where(SlaEvent.type == SlaType.BREACH))
        db.session.rollback()
        time.sleep(0.05)
        if written is None:
            with unit_of_work():
                db.session.add(
                    SlaEvent(
                        question_id=question_id, cycle=1, metric=Metric.RESOLUTION, type=SlaType.BREACH, at=MONDAY, source=f"{number}"
                    )
                )  # fmt: skip
        return written is None

    assert sum(in_threads(4, twin)) > 1


def test_the_asker_a_moderator_and_the_clock_call_the_team_once(
    app, at, make_question, in_threads, settings_override
):
    at(MONDAY)
    question_id = make_question(actor_named("ada"))
    at(MONDAY + timedelta(hours=4, minutes=1))
    ada, mo = actor_named("ada"), actor_named("mo")
    acts = (
        laddering.sweep,
        lambda: calling.call(ada, question_id),
        lambda: cases.open_by_hand(mo, question_id),
        lambda: calling.call(ada, question_id),
    )
    with settings_override(escalation__asker_calls_after=0):
        assert not unexpected(in_threads(8, lambda n: acts[n % 4]()))
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 1
    assert db.session.scalar(db.select(db.func.count(CaseEvent.id)).where(CaseEvent.kind == "opened")) == 1


def test_many_calls_at_once_never_pass_the_limit_of_a_day(
    app, at, make_question, in_threads, settings_override
):
    at(MONDAY)
    ids = [make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(6)]
    ada = actor_named("ada")
    with settings_override(escalation__asker_calls_after=0):
        results = in_threads(6, lambda n: calling.call(ada, ids[n]))
    assert not unexpected(results)
    assert sum(isinstance(one, int) for one in results) == 3


def test_of_many_advances_of_one_question_one_steps(app, at, make_question, in_threads):
    at(MONDAY)
    question_id = make_question(actor_named("ada"))
    at(MONDAY + timedelta(hours=4, minutes=1))
    results = in_threads(20, lambda _n: laddering.advance(question_id))
    assert not unexpected(results)
    assert sum(bool(result) for result in results) == 1


def test_a_sweep_that_looks_before_it_writes_would_be_caught(app, at, make_question, in_threads):
    """The twin: it reads that the stage is due, waits a moment as a busy server does, and then acts."""
    at(MONDAY)
    question_id = make_question(actor_named("ada"))
    at(MONDAY + timedelta(hours=1, minutes=1))
    acted = []

    def twin(number):
        row = db.session.get(Ladder, question_id)
        is_due = row.due_at is not None and row.due_at <= clock.now()
        db.session.rollback()
        time.sleep(0.05)
        if is_due:
            with unit_of_work():
                update_where(Ladder, Ladder.question_id == question_id, stage=Stage.VISIBLE, due_at=None)
                acted.append(number)

    in_threads(8, twin)
    assert len(acted) > 1


def test_fifty_take_one_case_and_one_has_it(app, at, make_question, in_threads):
    [case_id] = queued(make_question, at)
    agents = crowd("agent", MANY)
    results = in_threads(MANY, lambda n: cases.take(agents[n], case_id))
    assert not unexpected(results)
    won = [n for n, result in enumerate(results) if result == case_id]
    assert len(won) == 1
    assert sum(isinstance(result, Conflict) for result in results) == MANY - 1
    case = db.session.get(Case, case_id, populate_existing=True)
    assert (case.state, case.assignee_id) == (CaseState.ASSIGNED, agents[won[0]].member_id)
    taken = db.session.scalars(db.select(CaseEvent.id).where(CaseEvent.kind == "taken")).all()
    assert len(taken) == 1


def test_a_take_that_looks_before_it_writes_would_be_caught(app, at, make_question, in_threads):
    [case_id] = queued(make_question, at)

    def twin(number):
        free = db.session.get(Case, case_id).assignee_id is None
        db.session.rollback()
        time.sleep(0.05)
        if free:
            with unit_of_work():
                update_where(Case, Case.id == case_id, state=CaseState.ASSIGNED, assignee_id=number % 3 + 5)
        return free

    assert sum(in_threads(8, twin)) > 1


def test_an_agent_taking_many_at_once_never_passes_the_cap(
    app, at, make_question, in_threads, settings_override
):
    ids = queued(make_question, at, count=8)
    sam = actor_named("sam")
    with settings_override(escalation__agent_cap=3):
        results = in_threads(8, lambda n: cases.take(sam, ids[n]))
    assert not unexpected(results)
    held = db.session.scalar(db.select(db.func.count(Case.id)).where(Case.assignee_id == sam.member_id))
    assert held == 3 == sum(isinstance(result, int) for result in results)


def test_two_officials_answer_at_once_and_one_is_official(app, at, make_question, in_threads):
    [case_id] = queued(make_question, at)
    agents = crowd("agent", 6)
    body = "Clean the small filter behind the hatch, number {n}, then run a short cycle."
    seen = casework.load(case_id).version
    db.session.rollback()
    results = in_threads(6, lambda n: cases.answer_officially(agents[n], case_id, body.format(n=n), seen))
    assert not unexpected(results)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    case = db.session.get(Case, case_id, populate_existing=True)
    assert case.state is CaseState.ANSWERED


def test_an_answer_and_the_sweep_at_once_end_in_one_truth(app, at, make_question, make_answer, in_threads):
    at(MONDAY)
    ids = [make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(6)]
    at(MONDAY + timedelta(hours=4, minutes=1))
    ben = actor_named("ben")

    def act(number):
        return laddering.sweep() if number % 2 else make_answer(ben, ids[number // 2])

    results = in_threads(12, act)
    assert not unexpected(results)
    laddering.sweep()
    for question_id in ids:
        ladder = db.session.get(Ladder, question_id, populate_existing=True)
        case = casework.case_of(question_id, 1)
        assert (ladder.stop_cause, ladder.due_at) == ("answered", None)
        assert case is None or case.state is CaseState.CANCELLED


@pytest.fixture(autouse=True)
def _publish_at_once():
    from forum.questions import publishing

    before = publishing._screener
    publishing.set_screener(publishing.publish_everything)
    yield
    publishing.set_screener(before)


def seated(agents):
    """Everybody is at the desk now."""
    from moderation.routing import assigning

    for agent in agents:
        assigning.note_here(agent)


def test_many_cases_given_at_once_never_pass_a_cap_and_each_has_one_agent(
    app, at, make_question, in_threads, settings_override
):
    from moderation.routing import returning

    ids = queued(make_question, at, count=8)
    at(MONDAY + timedelta(hours=5, minutes=1))
    laddering.sweep()
    seated(agents := crowd("agent", 2))
    with settings_override(escalation__agent_cap=3):
        results = in_threads(16, lambda n: returning.assign_now(ids[n % 8]))
    assert not unexpected(results)
    held = Counter(db.session.scalars(db.select(Case.assignee_id).where(Case.assignee_id.is_not(None))))
    assert held == {agent.member_id: 3 for agent in agents}
    given = Counter(db.session.scalars(db.select(CaseEvent.case_id).where(CaseEvent.kind == "assigned")))
    assert set(given.values()) == {1} and sum(given.values()) == 6


def test_counting_before_giving_would_be_caught(app, at, make_question, in_threads, settings_override):
    """The twin counts what somebody has, waits as a busy server does, and gives one more."""
    ids = queued(make_question, at, count=6)

    def twin(number):
        room = casework.load_of([5]).get(5, (0, 0))[0] < 2
        db.session.rollback()
        time.sleep(0.05)
        if room:
            with unit_of_work():
                update_where(Case, Case.id == ids[number], state=CaseState.ASSIGNED, assignee_id=5)

    in_threads(6, twin)
    assert db.session.scalar(db.select(db.func.count(Case.id)).where(Case.assignee_id == 5)) > 2


def test_two_teams_at_once_and_the_case_is_passed_once(app, at, make_question, in_threads):
    from moderation.routing import applying
    from moderation.routing.ordering import founding

    founding.found_usual(actor_named("max"))
    [case_id] = queued(make_question, at)
    agents = crowd("agent", 6)
    results = in_threads(6, lambda n: applying.reroute(agents[n], case_id, 4, f"theirs {n}"))
    assert not unexpected(results)
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert applying.at(case_id).reroute_count == 1
