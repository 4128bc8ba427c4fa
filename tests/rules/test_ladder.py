"""The ladder and the cases as tables: when each stage is due, which comes next, every move of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.calendars.holidays import french_holidays
from moderation.calendars.models import DEFAULT_WEEK
from moderation.calendars.reading import read_calendar
from moderation.calendars.rules import always_open
from moderation.escalation.rules import (
    CASE_MOVES,
    COMMUNITY_STAGES,
    DEFAULT_TIMERS,
    OPEN,
    PRIORITIES,
    STAGES,
    UNASSIGNED,
    WORKED_ON,
    CaseMove,
    CaseState,
    Climb,
    Priority,
    Stage,
    case_after,
    case_sources,
    deadline,
    furthest,
    next_step,
    remaining,
    told_at_once,
)

ROUND = always_open()
SHOP = read_calendar("Europe/Paris", DEFAULT_WEEK, {}, french_holidays)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# domain/escalation.md §C1.2, in minutes from the start: E2, E3, E4, E5, warning, E6, E6 + 50 %
TABLE = {
    Priority.URGENT: (10, 10, 15, 20, 45, 60, 90),
    Priority.HIGH: (30, 45, 60, 75, 180, 240, 360),
    Priority.NORMAL: (60, 120, 240, 300, 360, 480, 720),
    Priority.LOW: (240, 480, 960, 1200, 1440, 1920, 2880),
}


@pytest.mark.parametrize("priority", PRIORITIES)
def test_default_timers_are_those_of_the_table(priority):
    climb = Climb(START, DEFAULT_TIMERS[priority])
    due = tuple((deadline(climb, ROUND, stage) - START) // timedelta(minutes=1) for stage in STAGES)
    assert due == TABLE[priority]


def test_community_time_runs_at_night_and_working_time_does_not():
    saturday = datetime(2026, 3, 7, 18, 0, tzinfo=UTC)
    climb = Climb(saturday, DEFAULT_TIMERS[Priority.NORMAL])
    assert deadline(climb, SHOP, Stage.VISIBLE) == saturday + timedelta(hours=1)
    assert deadline(climb, SHOP, Stage.STAFF) == datetime(2026, 3, 9, 11, 0, tzinfo=UTC)


def test_danger_reaches_the_team_at_once_whatever_the_hour():
    night = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)
    climb = Climb(night, DEFAULT_TIMERS[Priority.URGENT], at_once=True)
    assert next_step(climb, SHOP) == (Stage.STAFF, night)
    assert deadline(climb, SHOP, Stage.ASSIGNED) == datetime(2026, 3, 9, 7, 5, tzinfo=UTC)


def test_steps_come_one_after_the_other_each_once():
    climb, seen = Climb(START, DEFAULT_TIMERS[Priority.NORMAL]), []
    while step := next_step(climb, SHOP):
        seen.append(step)
        climb = replace(climb, recorded={*climb.recorded, step[0]})
    assert [stage for stage, _due in seen] == list(STAGES)
    assert [due for _stage, due in seen] == sorted(due for _stage, due in seen)


def test_an_answer_leaves_only_the_teams_own_steps():
    climb = Climb(START, DEFAULT_TIMERS[Priority.NORMAL], answered=True)
    assert not set(remaining(climb)) & COMMUNITY_STAGES


def test_a_stopped_ladder_has_no_steps():
    assert remaining(Climb(START, DEFAULT_TIMERS[Priority.NORMAL], stopped=True)) == ()
    assert next_step(Climb(START, DEFAULT_TIMERS[Priority.NORMAL], stopped=True), SHOP) is None


def test_without_the_team_only_the_community_is_called():
    climb = Climb(START, DEFAULT_TIMERS[Priority.NORMAL], with_staff=False, with_super_users=False)
    assert remaining(climb) == (Stage.VISIBLE,)
    assert remaining(replace(climb, answered=True)) == ()


def test_while_paused_only_what_came_before_can_come():
    climb = Climb(START, DEFAULT_TIMERS[Priority.NORMAL], pauses=[(START + timedelta(minutes=90), None)])
    assert next_step(climb, SHOP) == (Stage.VISIBLE, START + timedelta(hours=1))
    assert next_step(replace(climb, recorded={Stage.VISIBLE}), SHOP) is None


def test_a_new_priority_makes_nothing_due_in_the_past():
    now = START + timedelta(hours=6)
    climb = Climb(START, DEFAULT_TIMERS[Priority.URGENT], floor=now)
    assert all(deadline(climb, SHOP, stage) >= now for stage in STAGES)


def test_a_category_can_be_slower_or_faster():
    timers = DEFAULT_TIMERS[Priority.NORMAL].times(0.5)
    assert (timers.visible, timers.staff, timers.target, timers.warn_percent) == (30, 120, 240, 75)
    assert DEFAULT_TIMERS[Priority.URGENT].times(0.01).visible == 1


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda m: m.replace(microsecond=0, tzinfo=UTC)
)
priorities = st.sampled_from(PRIORITIES)


@given(moments, priorities)
@settings(max_examples=80, deadline=None)
def test_a_more_urgent_question_is_never_due_later(start, priority):
    calm = Climb(start, DEFAULT_TIMERS[priority])
    urgent = Climb(start, DEFAULT_TIMERS[PRIORITIES[max(0, PRIORITIES.index(priority) - 1)]])
    assert all(deadline(urgent, SHOP, stage) <= deadline(calm, SHOP, stage) for stage in STAGES)


@given(moments, priorities, st.booleans(), st.sets(st.sampled_from(STAGES)))
@settings(max_examples=120, deadline=None)
def test_the_next_step_is_the_earliest_of_what_remains(start, priority, danger, recorded):
    climb = Climb(start, DEFAULT_TIMERS[priority], at_once=danger, recorded=recorded)
    step = next_step(climb, SHOP)
    if step is None:
        assert recorded >= set(STAGES)
        return
    assert step[0] not in recorded
    assert step[1] == min(deadline(climb, SHOP, stage) for stage in remaining(climb))


@given(moments, st.sets(st.sampled_from(STAGES)), st.booleans())
@settings(max_examples=80, deadline=None)
def test_danger_never_skips_the_team(start, recorded, answered):
    climb = Climb(
        start,
        DEFAULT_TIMERS[Priority.URGENT],
        at_once=True,
        recorded=recorded - {Stage.STAFF},
        answered=answered,
    )
    assert next_step(climb, SHOP) == (Stage.STAFF, start) or Stage.STAFF in remaining(climb)
    assert deadline(climb, SHOP, Stage.STAFF) == start


@given(st.lists(st.sampled_from(STAGES)))
@settings(max_examples=50, deadline=None)
def test_a_stage_only_goes_up_in_whatever_order_they_come(stages):
    seen = [furthest(stages[: n + 1]) for n in range(len(stages))]
    assert seen == sorted(seen, key=STAGES.index)
    assert furthest([None]) is None


@given(moments, st.sampled_from(PRIORITIES), st.integers(0, 2000))
@settings(max_examples=80, deadline=None)
def test_an_agent_is_named_so_long_after_the_team_was_called_and_never_else_than_by_the_clock(
    start, priority, more
):
    climb = Climb(start, DEFAULT_TIMERS[priority])
    staff = deadline(climb, SHOP, Stage.STAFF)
    assert deadline(replace(climb, passed_at=staff), SHOP, Stage.ASSIGNED) == deadline(
        climb, SHOP, Stage.ASSIGNED
    )
    called = start + timedelta(minutes=more)
    named = deadline(replace(climb, passed_at=called), SHOP, Stage.ASSIGNED)
    assert SHOP.between(called, named) == timedelta(minutes=climb.timers.assign)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_danger_is_told_at_once_and_law_where_it_is_urgent(priority):
    assert told_at_once(True, False, priority)
    assert told_at_once(False, True, priority) is (priority is Priority.URGENT)
    assert not told_at_once(False, False, priority)


# --- cases ----------------------------------------------------------------------------------------------------------

ALLOWED = {
    "new": {"queue": "queued", "answer": "answered", "resolve": "resolved", "cancel": "cancelled"},
    "queued": {"take": "assigned", "answer": "answered", "resolve": "resolved", "cancel": "cancelled"},
    "assigned": {
        "release": "queued", "reassign": "assigned", "ask": "waiting_asker", "wait": "waiting_internal",
        "answer": "answered", "resolve": "resolved", "hand_back": "handed_back",
    },
    "waiting_asker": {
        "release": "queued", "reassign": "waiting_asker", "resume": "assigned", "answer": "answered",
        "resolve": "resolved", "hand_back": "handed_back",
    },
    "waiting_internal": {
        "release": "queued", "reassign": "waiting_internal", "ask": "waiting_asker", "resume": "assigned",
        "answer": "answered", "resolve": "resolved", "hand_back": "handed_back",
    },
    "answered": {"resolve": "resolved", "reopen": "assigned", "revive": "queued"},
    "resolved": {"close": "closed", "reopen": "assigned", "revive": "queued"},
    "closed": {},
    "handed_back": {},
    "cancelled": {"revive": "queued"},
}  # fmt: skip


@pytest.mark.parametrize("move", CaseMove)
@pytest.mark.parametrize("state", CaseState)
def test_every_pair_of_state_and_move(state, move):
    expected = ALLOWED[state.value].get(move.value)
    assert case_after(state, move) == expected


def test_sources_are_the_table_read_backwards():
    for move in CaseMove:
        assert {(state, move) for state in case_sources(move)} == {
            pair for pair in CASE_MOVES if pair[1] is move
        }


def test_the_groups_of_states_are_apart():
    assert set(OPEN) == set(UNASSIGNED) | set(WORKED_ON)
    assert not set(UNASSIGNED) & set(WORKED_ON)


def test_from_every_open_state_there_is_a_way_to_the_end():
    for state in OPEN:
        reached, fresh = {state}, {state}
        while fresh:
            fresh = {made for one in fresh for move in CaseMove if (made := case_after(one, move))} - reached
            reached |= fresh
        assert {CaseState.ANSWERED, CaseState.CLOSED} <= reached
