"""Which policy a question falls under, and what comes next of a promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.calendars.rules import always_open
from moderation.escalation.rules import PRIORITIES, Priority
from moderation.escalation.sla_rules import ALARMS, Event, Metric, Promise, SlaType, evaluate, next_alarm
from moderation.targets.rules import Asked, Field, Filter, Mode, first_match, read_filter, stored, usual_goals

ASKED = Asked(
    {Field.CATEGORY: "3", Field.PRODUCT: "", Field.PRIORITY: "high", Field.LANGUAGE: "fr", Field.RANK: "2"}
)
HERE, ELSEWHERE = {Field.CATEGORY: ("3", "5")}, {Field.CATEGORY: ("4",)}
FRENCH, ENGLISH = {Field.LANGUAGE: ("fr",)}, {Field.LANGUAGE: ("en",)}


@pytest.mark.parametrize(
    ("mode", "wanted", "matches"),
    [
        (Mode.ALL, {}, True), (Mode.ANY, {}, True), (Mode.ALL, {Field.RANK: ()}, True), (Mode.ALL, HERE, True), (Mode.ALL, ELSEWHERE, False),
        (Mode.ALL, HERE | FRENCH, True), (Mode.ALL, HERE | ENGLISH, False), (Mode.ANY, HERE | ENGLISH, True),
        (Mode.ANY, ELSEWHERE | ENGLISH, False), (Mode.ALL, {Field.PRODUCT: ("7",)}, False), (Mode.ALL, {Field.PRIORITY: ("urgent", "high")}, True),
        (Mode.ANY, {Field.RANK: ("5", "6"), Field.PRODUCT: ("7",)}, False),
    ],
)  # fmt: skip
def test_a_policy_takes_what_meets_all_or_any_of_its_conditions(mode, wanted, matches):
    one = Filter(mode, wanted)
    assert one.matches(ASKED) is matches
    assert read_filter(stored(one)).matches(ASKED) is matches


def test_the_first_that_fits_counts():
    order = [
        (1, Filter(wanted=ELSEWHERE)),
        (2, Filter(wanted=FRENCH)),
        (3, Filter(wanted=HERE)),
        (4, Filter()),
    ]
    assert first_match(order, ASKED) == 2
    assert first_match(order[3:], ASKED) == 4
    assert first_match(order[:1], ASKED) is None


@pytest.mark.parametrize("content", [{}, {"mode": "most"}, {"wanted": []}, {"wanted": {"moon": ["full"]}}])
def test_a_filter_of_another_version_is_read_as_far_as_it_goes(content):
    assert read_filter(content).is_open


def test_the_usual_goals_promise_everything_for_every_priority():
    goals = usual_goals()
    assert set(goals) == set(Metric)
    assert all(
        set(goal.minutes) == set(PRIORITIES) and min(goal.minutes.values()) > 0 for goal in goals.values()
    )
    assert goals[Metric.FIRST_REPLY_ANY].minutes[Priority.NORMAL] == 480


# --- the next alarm ---------------------------------------------------------------------------------------------------

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROMISE = Promise(dict(zip(PRIORITIES, (60, 240, 480, 1920), strict=True)), always_open())


def at(minutes):
    return START + timedelta(minutes=minutes)


def event(type, minutes, priority=None):
    return Event(type, at(minutes), priority)


BEGAN = event(SlaType.ACTIVATE, 0, Priority.NORMAL)


@pytest.mark.parametrize(
    ("events", "now", "comes"),
    [
        ([], 0, None),
        ([BEGAN], 0, 360),
        ([BEGAN], 400, 360),
        ([BEGAN, event(SlaType.WARN, 360)], 400, 480),
        ([BEGAN, event(SlaType.WARN, 360), event(SlaType.BREACH, 480)], 500, None),
        ([BEGAN, event(SlaType.FULFIL, 100)], 200, None),
        ([BEGAN, event(SlaType.FULFIL, 400)], 450, 360),
        ([BEGAN, event(SlaType.PAUSE, 100)], 200, None),
        ([BEGAN, event(SlaType.PAUSE, 100), event(SlaType.RESUME, 200)], 200, 460),
        ([BEGAN, event(SlaType.RETARGET, 100, Priority.URGENT)], 100, 100),
        ([BEGAN, event(SlaType.CANCEL, 100)], 200, None),
        ([BEGAN, event(SlaType.FULFIL, 100), event(SlaType.RESTORE, 900)], 900, 900),
    ],
)
def test_what_comes_next_follows_from_the_events(events, now, comes):
    assert next_alarm(PROMISE, events, at(now)) == (None if comes is None else at(comes))


acts = st.lists(
    st.tuples(
        st.integers(1, 2500),
        st.sampled_from([SlaType.PAUSE, SlaType.RESUME, SlaType.RETARGET, SlaType.FULFIL, SlaType.RESTORE, SlaType.CANCEL]),
        st.sampled_from(PRIORITIES),
    ),
    max_size=6,
)  # fmt: skip


@given(acts, st.lists(st.integers(0, 4000), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_clock_swept_at_any_moments_writes_what_one_reading_says(raw, moments):
    """The sweep writes alarms as it comes by, early or late; read at the end, the events say the same. Nothing that was
    written is ever taken back, and the next alarm is never later than what fires (domain/invariants.md 59)."""
    facts = [
        BEGAN,
        *(event(type, minute, priority) for minute, type, priority in sorted(raw, key=lambda one: one[0])),
    ]
    kept: list[Event] = []
    sweeps = sorted({*moments, 4000})
    for earlier, now in pairwise([0, *sweeps]):
        known = [one for one in facts if one.at <= at(now)] + kept
        comes = next_alarm(PROMISE, [one for one in facts if one.at <= at(earlier)] + kept, at(earlier))
        fired = [
            one for one in evaluate(PROMISE, known, at(now)).alarms if one.type not in {k.type for k in kept}
        ]
        quiet = all(one.at <= at(earlier) for one in facts)
        assert not quiet or not fired or comes == min(alarm.at for alarm in fired)
        kept += [Event(alarm.type, alarm.at) for alarm in fired]
    said = {alarm.type: alarm.at for alarm in evaluate(PROMISE, facts, at(4000)).alarms}
    assert {one.type: one.at for one in kept} == said
    assert set(said) <= set(ALARMS)
