"""A batch of steps that call somebody: caps hold inside it and between schedulers, it costs a few statements, and a row that
fails jams nobody. Broken twins, each of which must be caught."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.escalation import casework, laddering, stepping, together
from moderation.escalation.models import Case, CaseEvent, Ladder, StageRow
from moderation.escalation.rules import Stage
from moderation.routing import assigning
from moderation.routing.rules import Agent
from tests.conftest import actor_named
from tests.races.test_escalation_races import crowd

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Paris."""
TO_TEAM, TO_AGENT, LATE = (timedelta(hours=n, minutes=1) for n in (4, 5, 8))


@pytest.fixture
def make_asked(app, at, make_question):
    """Asks so many questions at the same moment; returns their ids."""

    def make(count, what="Thing"):
        at(MONDAY)
        ada = actor_named("ada")
        return [make_question(ada, title=f"{what} number {n} is broken once more") for n in range(count)]

    return make


@pytest.fixture
def two_agents(make_asked, at):
    """Two agents at their desks, eight cases that are to be given."""
    make_asked(8)
    agents = crowd("agent", 2)
    at(MONDAY + TO_AGENT)
    for one in agents:
        assigning.note_here(one)
    return [one.member_id for one in agents]


def held():
    return Counter(db.session.scalars(select(Case.assignee_id).where(Case.assignee_id.is_not(None))))


def count_of(kind):
    return Counter(db.session.scalars(select(CaseEvent.case_id).where(CaseEvent.kind == kind)))


# --- caps ---------------------------------------------------------------------------------------------------------------


def test_a_desk_that_fills_up_in_the_middle_of_a_batch_gets_no_more(two_agents, settings_override):
    with settings_override(escalation__agent_cap=3):
        laddering.sweep()
    assert held() == dict.fromkeys(two_agents, 3)
    assert set(count_of("assigned").values()) == {1}, "two wait in the queue"


def test_a_batch_that_forgets_what_it_has_given_would_be_caught(two_agents, settings_override, monkeypatch):
    monkeypatch.setattr(Agent, "with_one_more", lambda agent, *_given: agent)
    with settings_override(escalation__agent_cap=3):
        laddering.sweep()
    assert max(held().values()) > 3


def test_urgent_ones_fill_their_own_part_of_a_desk(make_asked, sam, settings_override):
    ids = make_asked(3, "Smoke and sparks: thing")
    assigning.note_here(sam)
    with settings_override(escalation__agent_urgent_cap=2), unit_of_work():
        casework.hold_desks(*assigning.everybody())
        assert len(assigning.name_agents(list(casework.hold_cases(dict.fromkeys(ids, 1)).values()))) == 2
    assert held() == {sam.member_id: 2}


@pytest.mark.parametrize("sweepers", [2, 4])
def test_caps_hold_between_schedulers_and_each_case_has_one_agent(
    two_agents, in_threads, settings_override, monkeypatch, sweepers
):
    monkeypatch.setattr(laddering, "CALLS_BATCH", 2)
    with settings_override(escalation__agent_cap=3):
        results = in_threads(sweepers, lambda _n: laddering.sweep())
        assert not [one for one in results if isinstance(one, Exception)]
        while laddering.sweep():
            pass
    assert held() == dict.fromkeys(two_agents, 3)
    assert set(count_of("assigned").values()) == {1} == set(count_of("opened").values())


# --- what it costs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [TO_TEAM, timedelta(days=3)])
def test_a_batch_is_a_few_statements_however_many_are_due(make_asked, at, sam, count_queries, after):
    found = []
    for many in (4, 20):
        make_asked(many)
        at(MONDAY + after)
        assigning.note_here(sam)
        with count_queries() as statements:
            laddering.sweep()
        found.append(len(statements))
    assert found[1] - found[0] <= 16 * 2 + 3, "two for each case that opens: whether somebody called a team"


# --- one that fails -----------------------------------------------------------------------------------------------------


def failing(ids, monkeypatch):
    """From here on nobody can be told of the second of these."""
    true = stepping.tell_of

    def broken(ladder, *rest):
        if ladder.question_id == ids[1]:
            raise ValueError("a row nobody expected")
        return true(ladder, *rest)

    monkeypatch.setattr(stepping, "tell_of", broken)


def stages(ids):
    db.session.expire_all()
    return [db.session.get(Ladder, one).stage for one in ids]


def test_one_that_always_fails_is_left_behind_and_comes_when_it_can(make_asked, at, monkeypatch):
    ids = make_asked(6)
    at(MONDAY + TO_TEAM)
    with monkeypatch.context() as patch:
        failing(ids, patch)
        for _turn in range(3):
            laddering.sweep()
    assert stages(ids) == [Stage.STAFF, None, *[Stage.STAFF] * 4]
    stuck = db.session.get(Ladder, ids[1])
    assert stuck.failure_count == 1 and stuck.due_at > clock.now(), "not even looked at until then"
    at(timedelta(minutes=6))
    laddering.sweep()
    kept = select(StageRow.due_at, StageRow.recorded_at).where(StageRow.stage == Stage.STAFF)
    due, seen = db.session.execute(kept.where(StageRow.question_id == ids[1])).one()
    assert stages(ids) == [Stage.STAFF] * 6 and due < seen, "with its true moment"
    assert set(count_of("opened").values()) == {1} and len(count_of("opened")) == 6


def test_a_batch_that_is_done_as_a_whole_or_not_at_all_would_be_caught(make_asked, at, monkeypatch):
    def whole(column, question_ids):
        try:
            return len(together.call(question_ids, column <= clock.now()))
        except ValueError:
            db.session.rollback()
            return 0

    ids = make_asked(3)
    at(MONDAY + TO_TEAM)
    failing(ids, monkeypatch)
    monkeypatch.setattr(laddering, "_call", whole)
    laddering.sweep()
    assert stages(ids) == [None] * 3, "one jams all"


# --- two at once --------------------------------------------------------------------------------------------------------


def test_a_batch_that_does_not_ask_again_whether_it_is_due_would_be_caught(
    make_asked, at, in_threads, monkeypatch
):
    """The twin takes for due what was due when it looked, and for not reached what was not reached then."""
    ids, both_looked = make_asked(3), threading.Barrier(2, timeout=10)
    at(MONDAY + LATE)

    def look(question_ids):
        both_looked.wait()
        return set()

    def careless(question_ids, *_is_due):
        query = select(Ladder).where(Ladder.question_id.in_(question_ids)).order_by(Ladder.question_id)
        return list(db.session.scalars(query.with_for_update()))

    monkeypatch.setattr(together, "step", look)
    monkeypatch.setattr(laddering, "SWEEP_BATCH", 3)
    monkeypatch.setattr(together, "_held", careless)
    monkeypatch.setattr(together.clocks, "stages_of_many", lambda cycles: {one: {} for one in cycles})
    in_threads(2, lambda _n: laddering._sweep(Ladder.due_at, 3))
    assert set(count_of("late").values()) == {2} and len(ids) == 3
