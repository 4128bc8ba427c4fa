"""Service levels read from their events: alarms fire once, a pause is added, reading later changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.calendars.holidays import french_holidays
from moderation.calendars.models import DEFAULT_WEEK
from moderation.calendars.reading import read_calendar
from moderation.calendars.rules import always_open
from moderation.escalation.rules import DEFAULT_TIMERS, PRIORITIES, Climb, Priority, Stage, deadline
from moderation.escalation.sla_rules import (
    Event,
    Promise,
    SlaType,
    Standing,
    attainment,
    evaluate,
    last_word,
    pauses_of,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTES = {Priority.URGENT: 60, Priority.HIGH: 240, Priority.NORMAL: 480, Priority.LOW: 1920}
ROUND = Promise(MINUTES, always_open())
SHOP = Promise(MINUTES, read_calendar("Europe/Paris", DEFAULT_WEEK, {}, french_holidays))


def at(minutes):
    return START + timedelta(minutes=minutes)


def began(priority=Priority.NORMAL):
    return Event(SlaType.ACTIVATE, START, priority)


def fired(reading):
    return [(alarm.type.value, (alarm.at - START) // timedelta(minutes=1)) for alarm in reading.alarms]


def test_before_it_begins_there_is_no_reading():
    assert evaluate(ROUND, [], START) is None
    assert evaluate(ROUND, [began()], at(-1)) is None


@pytest.mark.parametrize(
    ("minute", "standing", "alarms"),
    [
        (0, Standing.RUNNING, []),
        (359, Standing.RUNNING, []),
        (360, Standing.WARNED, [("warn", 360)]),
        (479, Standing.WARNED, [("warn", 360)]),
        (480, Standing.BREACHED, [("warn", 360), ("breach", 480)]),
        (9999, Standing.BREACHED, [("warn", 360), ("breach", 480)]),
    ],
)
def test_alarms_fire_at_their_time_and_once(minute, standing, alarms):
    reading = evaluate(ROUND, [began()], at(minute))
    assert (reading.standing, fired(reading), reading.due_at) == (standing, alarms, at(480))


@pytest.mark.parametrize(("priority", "due"), MINUTES.items())
def test_each_priority_has_its_target(priority, due):
    assert evaluate(ROUND, [began(priority)], START).due_at == at(due)


def test_a_reply_in_time_meets_it():
    reading = evaluate(ROUND, [began(), Event(SlaType.FULFIL, at(300))], at(9999))
    assert (reading.standing, fired(reading), reading.worked) == (Standing.MET, [], timedelta(minutes=300))


def test_a_late_reply_keeps_the_breach():
    reading = evaluate(ROUND, [began(), Event(SlaType.FULFIL, at(500))], at(9999))
    assert (reading.standing, fired(reading)) == (Standing.MISSED, [("warn", 360), ("breach", 480)])


def test_a_pause_is_added():
    events = [began(), Event(SlaType.PAUSE, at(60)), Event(SlaType.RESUME, at(160))]
    assert evaluate(ROUND, events, at(200)).due_at == at(580)


def test_while_paused_nothing_is_due():
    reading = evaluate(ROUND, [began(), Event(SlaType.PAUSE, at(60))], at(9999))
    assert (reading.standing, reading.due_at, reading.worked) == (
        Standing.PAUSED,
        None,
        timedelta(minutes=60),
    )


def test_pausing_twice_is_pausing_once():
    events = [
        began(),
        Event(SlaType.PAUSE, at(60)),
        Event(SlaType.PAUSE, at(90)),
        Event(SlaType.RESUME, at(160)),
        Event(SlaType.RESUME, at(170)),
    ]
    assert evaluate(ROUND, events, at(200)).due_at == at(580)
    assert pauses_of(events) == ((at(60), at(160)),)


def test_a_pause_at_the_very_moment_does_not_undo_the_alarm():
    assert fired(evaluate(ROUND, [began(), Event(SlaType.PAUSE, at(360))], at(400))) == [("warn", 360)]


def test_a_new_priority_targets_from_the_original_start():
    events = [began(), Event(SlaType.RETARGET, at(30), Priority.HIGH)]
    assert evaluate(ROUND, events, at(31)).due_at == at(240)


def test_a_target_that_has_passed_already_breaches_now_and_says_why():
    reading = evaluate(ROUND, [began(), Event(SlaType.RETARGET, at(100), Priority.URGENT)], at(101))
    assert fired(reading) == [("warn", 100), ("breach", 100)]
    assert all(alarm.retargeted for alarm in reading.alarms)


def test_a_calmer_priority_does_not_take_an_alarm_back():
    events = [began(Priority.URGENT), Event(SlaType.RETARGET, at(61), Priority.LOW)]
    reading = evaluate(ROUND, events, at(100))
    assert fired(reading) == [("warn", 45), ("breach", 60)]


def test_a_reply_that_is_gone_restores_the_original_clock():
    events = [began(), Event(SlaType.FULFIL, at(30)), Event(SlaType.RESTORE, at(200))]
    reading = evaluate(ROUND, events, at(201))
    assert (reading.standing, reading.due_at, reading.worked) == (
        Standing.RUNNING,
        at(480),
        timedelta(minutes=201),
    )


def test_a_reply_that_is_gone_too_late_breaches_now():
    events = [began(), Event(SlaType.FULFIL, at(30)), Event(SlaType.RESTORE, at(900))]
    reading = evaluate(ROUND, events, at(901))
    assert fired(reading) == [("warn", 900), ("breach", 900)]
    assert reading.fired(SlaType.BREACH).retargeted


def test_what_is_cancelled_fires_nothing_and_can_come_back():
    cancelled = [began(), Event(SlaType.CANCEL, at(30))]
    assert evaluate(ROUND, cancelled, at(9999)).standing is Standing.CANCELLED
    assert evaluate(ROUND, [*cancelled, Event(SlaType.RESTORE, at(60))], at(61)).standing is Standing.RUNNING
    assert evaluate(ROUND, [*cancelled, Event(SlaType.FULFIL, at(60))], at(61)).standing is Standing.MET


def test_the_last_word_decides():
    assert last_word([]) is None
    assert last_word([began()]) is SlaType.ACTIVATE
    assert last_word([began(), Event(SlaType.FULFIL, at(1))]) is SlaType.FULFIL
    assert (
        last_word([began(), Event(SlaType.FULFIL, at(1)), Event(SlaType.RESTORE, at(2))]) is SlaType.ACTIVATE
    )


def test_attainment_counts_open_overdue_as_late_and_leaves_paused_out():
    met = evaluate(ROUND, [began(), Event(SlaType.FULFIL, at(1))], at(9))
    missed = evaluate(ROUND, [began(), Event(SlaType.FULFIL, at(500))], at(600))
    overdue = evaluate(ROUND, [began()], at(500))
    paused = evaluate(ROUND, [began(), Event(SlaType.PAUSE, at(1))], at(500))
    assert attainment([met, met, missed, overdue, paused]) == 0.5
    assert attainment([paused]) is None


# --- properties: invariants 59 and 60 -----------------------------------------------------------------------------------

kinds = st.sampled_from(
    [SlaType.PAUSE, SlaType.RESUME, SlaType.FULFIL, SlaType.RESTORE, SlaType.CANCEL, SlaType.RETARGET]
)
gaps = st.integers(0, 400)
promises = st.sampled_from([ROUND, SHOP])


@st.composite
def histories(draw):
    events, minute = [began(draw(st.sampled_from(PRIORITIES)))], 0
    for kind, gap in draw(st.lists(st.tuples(kinds, gaps), max_size=8)):
        minute += gap
        events.append(
            Event(kind, at(minute), draw(st.sampled_from(PRIORITIES)) if kind is SlaType.RETARGET else None)
        )
    return events


@given(promises, histories(), st.integers(0, 4000))
@settings(max_examples=250, deadline=None)
def test_reading_twice_gives_the_same(promise, events, minute):
    assert evaluate(promise, events, at(minute)) == evaluate(promise, list(events), at(minute))


@given(promises, histories(), st.integers(0, 4000), st.integers(0, 3000))
@settings(max_examples=300, deadline=None)
def test_reading_later_never_changes_what_had_fired(promise, events, minute, more):
    early = evaluate(promise, events, at(minute))
    late = evaluate(promise, events, at(minute + more))
    assert late.alarms[: len(early.alarms)] == early.alarms
    assert all(alarm.at > at(minute) for alarm in late.alarms[len(early.alarms) :])


@given(promises, histories(), st.integers(0, 4000))
@settings(max_examples=200, deadline=None)
def test_each_alarm_fires_at_most_once_and_a_warning_not_after_the_breach(promise, events, minute):
    types = [alarm.type for alarm in evaluate(promise, events, at(minute)).alarms]
    assert len(types) == len(set(types))
    assert types in ([], [SlaType.WARN], [SlaType.WARN, SlaType.BREACH])


@given(promises, st.sampled_from(PRIORITIES), st.lists(st.tuples(gaps, gaps), max_size=4))
@settings(max_examples=200, deadline=None)
def test_pausing_never_makes_it_due_earlier(promise, priority, raw):
    events, minute = [began(priority)], 0
    for gap, length in raw:
        events += [Event(SlaType.PAUSE, at(minute + gap)), Event(SlaType.RESUME, at(minute + gap + length))]
        minute += gap + length
    paused = evaluate(promise, events, at(minute + 10_000))
    assert paused.due_at >= evaluate(promise, [events[0]], START).due_at


def test_a_rest_while_an_answer_stands_counts_when_it_goes():
    """The asker is waited for from minute 60 to 160; the answer of minute 30 is removed at 100."""
    events = [
        began(),
        Event(SlaType.FULFIL, at(30)),
        Event(SlaType.PAUSE, at(60)),
        Event(SlaType.RESTORE, at(100)),
    ]
    assert evaluate(ROUND, events, at(120)).standing is Standing.PAUSED
    assert evaluate(ROUND, [*events, Event(SlaType.RESUME, at(160))], at(170)).due_at == at(580)
    met = evaluate(ROUND, events[:3], at(90))
    assert (met.standing, met.due_at, met.worked) == (Standing.MET, at(480), timedelta(minutes=30))


@given(histories())
@settings(max_examples=150, deadline=None)
def test_ladder_and_promise_agree_whatever_was_answered_and_removed_meanwhile(events):
    kept = [one for one in events if one.type is not SlaType.RETARGET]
    reading = evaluate(SHOP, kept, at(20_000))
    if reading.fulfilled_at is None:
        climb = Climb(START, DEFAULT_TIMERS[events[0].priority], pauses=pauses_of(kept))
        assert deadline(climb, SHOP.calendar, Stage.BREACH) == reading.due_at


@given(st.sampled_from(PRIORITIES), st.lists(st.tuples(gaps, gaps), max_size=3))
@settings(max_examples=150, deadline=None)
def test_the_ladder_and_the_promise_agree_on_the_moment(priority, raw):
    events, minute = [began(priority)], 0
    for gap, length in raw:
        events += [Event(SlaType.PAUSE, at(minute + gap)), Event(SlaType.RESUME, at(minute + gap + length))]
        minute += gap + length
    climb = Climb(START, DEFAULT_TIMERS[priority], pauses=pauses_of(events))
    reading = evaluate(SHOP, events, at(minute + 10_000))
    assert deadline(climb, SHOP.calendar, Stage.BREACH) == reading.due_at
    assert deadline(climb, SHOP.calendar, Stage.WARNING) == reading.fired(SlaType.WARN).at
