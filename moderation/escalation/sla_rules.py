"""Service levels: what became of a promise, computed from its events and nothing else.

One promise (a metric of one cycle of one question) is a list of events in time. :func:`evaluate` reads them under a
calendar and says when it is due and which alarms have fired; nothing is counted up anywhere, so nothing can drift, and
reading later never changes what had fired before. Source: domain/escalation.md §C1.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from moderation.calendars.rules import Calendar, Pause, due_at, worked
from moderation.escalation.rules import Priority


class Metric(StrEnum):
    """What is promised: a first reply by anybody, and by the team; a reply to what the asker added; news while the team
    works on it; that it is settled. Those in the middle begin again each time: their instances are numbered."""

    FIRST_REPLY_ANY = "first_reply_any"
    FIRST_REPLY_STAFF = "first_reply_staff"
    NEXT_REPLY = "next_reply"
    PERIODIC_UPDATE = "periodic_update"
    RESOLUTION = "resolution"


FIRST_REPLIES = (Metric.FIRST_REPLY_ANY, Metric.FIRST_REPLY_STAFF)


class Waits(StrEnum):
    """What a promise may rest for: a detail of the asker, or the thread or incident that a question leads to."""

    NEEDS_INFO = "needs_info"
    LINKED = "linked"


class SlaType(StrEnum):
    """What happens to a promise. ``restore``: the reply that fulfilled it is gone, the clock never stopped."""

    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    RETARGET = "retarget"
    FULFIL = "fulfil"
    RESTORE = "restore"
    CANCEL = "cancel"
    WARN = "warn"
    BREACH = "breach"


ALARMS = (SlaType.WARN, SlaType.BREACH)


class Standing(StrEnum):
    """How a promise stands at a moment."""

    RUNNING = "running"
    WARNED = "warned"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a promise. ``priority`` is set on activate and retarget."""

    type: SlaType
    at: datetime
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning or a breach. ``retargeted``: it was already past when a priority or a removal brought it."""

    type: SlaType
    at: datetime
    retargeted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a promise looks like at a moment. ``due_at`` is None while paused; ``share`` is 0 to 1 of the target."""

    standing: Standing
    due_at: datetime | None
    worked: timedelta
    target: timedelta
    alarms: tuple[Alarm, ...] = ()
    fulfilled_at: datetime | None = None

    @property
    def share(self) -> float:
        """How much of the target is used up, 0 to 1."""
        return min(1.0, self.worked / self.target) if self.target else 1.0

    def fired(self, type: SlaType) -> Alarm | None:
        """The alarm of this type, if it fired."""
        return next((alarm for alarm in self.alarms if alarm.type is type), None)


@dataclass(frozen=True)
class Promise:
    """The terms: minutes per priority, the part of them that warns, the calendar they are counted in, what they rest
    for."""

    minutes: Mapping[Priority, int]
    calendar: Calendar
    warn_percent: int = 75
    rests_for: tuple[Waits, ...] = tuple(Waits)


@dataclass
class _Run:
    """The state while reading events in order. ``since``: alarms cannot fire before (after a retarget or restore)."""

    start: datetime
    priority: Priority
    since: datetime
    pauses: list[Pause]
    alarms: list[Alarm]
    fulfilled_at: datetime | None = None
    cancelled: bool = False
    late_start: bool = False


def evaluate(promise: Promise, events: Iterable[Event], now: datetime) -> Reading | None:
    """Read a promise at a moment; events after ``now`` are not known yet. None before it is activated.

    Alarms fire once. Reaching the target at the very moment of a fulfilment or a pause still fires.
    """
    run = _played(promise, events, now)
    if run is None:
        return None
    _fire(promise, run, now)
    return _reading(promise, run, now)


def next_alarm(promise: Promise, events: Sequence[Event], now: datetime) -> datetime | None:
    """When an alarm comes next that is not among the events yet: past where it is late, None when none can come."""
    run = _played(promise, events, now)
    if run is None:
        return None
    kept = {event.type for event in events if event.type in ALARMS}
    moments = [alarm.at for alarm in run.alarms if alarm.type not in kept]
    if run.fulfilled_at is None and not run.cancelled:
        fired = kept | {alarm.type for alarm in run.alarms}
        dues = [_due(promise, run, percent) for type, percent in _parts(promise) if type not in fired]
        moments += [max(due, run.since) for due in dues if due is not None]
    return min(moments, default=None)


def _played(promise: Promise, events: Iterable[Event], now: datetime) -> _Run | None:
    """The events up to a moment, one after the other, with what fired between them."""
    run: _Run | None = None
    for event in _in_order(events, now):
        if run is None:
            if event.type is SlaType.ACTIVATE:
                run = _Run(event.at, event.priority or Priority.NORMAL, event.at, [], [])
            continue
        _fire(promise, run, event.at)
        _apply(run, event)
    return run


def _in_order(events: Iterable[Event], now: datetime) -> list[Event]:
    """What is known at a moment, by time; events of one moment stay in the order they were recorded in."""
    known = [event for event in events if event.at <= now and event.type not in ALARMS]
    return sorted(known, key=lambda event: event.at)


def _apply(run: _Run, event: Event) -> None:
    paused = bool(run.pauses) and run.pauses[-1][1] is None
    if event.type is SlaType.PAUSE and not paused:
        run.pauses.append((event.at, None))
    elif event.type is SlaType.RESUME and paused:
        run.pauses[-1] = (run.pauses[-1][0], event.at)
    elif event.type is SlaType.RETARGET and event.priority is not None:
        run.priority, run.since, run.late_start = event.priority, event.at, True
    elif event.type is SlaType.FULFIL and run.fulfilled_at is None:
        run.fulfilled_at, run.cancelled = event.at, False
    elif event.type is SlaType.RESTORE and (run.fulfilled_at is not None or run.cancelled):
        run.fulfilled_at, run.cancelled, run.since, run.late_start = None, False, event.at, True
    elif event.type is SlaType.CANCEL and run.fulfilled_at is None:
        run.cancelled = True


def _fire(promise: Promise, run: _Run, until: datetime) -> None:
    """Fire what has become due up to a moment, under the terms in force until then."""
    if run.fulfilled_at is not None or run.cancelled:
        return
    for type, percent in _parts(promise):
        if any(alarm.type is type for alarm in run.alarms):
            continue
        due = _due(promise, run, percent)
        if due is not None and max(due, run.since) <= until:
            past = run.late_start and due < run.since
            run.alarms.append(Alarm(type, max(due, run.since), past))


def _parts(promise: Promise) -> tuple[tuple[SlaType, int], ...]:
    return (SlaType.WARN, promise.warn_percent), (SlaType.BREACH, 100)


def _due(promise: Promise, run: _Run, percent: int) -> datetime | None:
    return due_at(promise.calendar, run.start, _part(promise, run, percent), run.pauses)


def _part(promise: Promise, run: _Run, percent: int) -> timedelta:
    return timedelta(minutes=promise.minutes[run.priority]) * percent / 100


def _reading(promise: Promise, run: _Run, now: datetime) -> Reading:
    target = _part(promise, run, 100)
    end = run.fulfilled_at or now
    pauses = [one for one in run.pauses if run.fulfilled_at is None or one[0] < run.fulfilled_at]
    return Reading(
        standing=_standing(run),
        due_at=due_at(promise.calendar, run.start, target, pauses),
        worked=worked(promise.calendar, run.start, max(end, run.start), pauses),
        target=target,
        alarms=tuple(sorted(run.alarms, key=lambda alarm: (alarm.at, ALARMS.index(alarm.type)))),
        fulfilled_at=run.fulfilled_at,
    )


def _standing(run: _Run) -> Standing:
    breached = any(alarm.type is SlaType.BREACH for alarm in run.alarms)
    if run.cancelled:
        return Standing.CANCELLED
    if run.fulfilled_at is not None:
        return Standing.MISSED if breached else Standing.MET
    if breached:
        return Standing.BREACHED
    if run.pauses and run.pauses[-1][1] is None:
        return Standing.PAUSED
    return Standing.WARNED if run.alarms else Standing.RUNNING


def last_word(events: Iterable[Event]) -> SlaType | None:
    """Whether a promise runs (activate, restore), is fulfilled or cancelled, by its last such event; None: not begun."""
    decisive = (SlaType.ACTIVATE, SlaType.FULFIL, SlaType.RESTORE, SlaType.CANCEL)
    spoken = [event.type for event in sorted(events, key=lambda event: event.at) if event.type in decisive]
    if not spoken:
        return None
    return SlaType.ACTIVATE if spoken[-1] is SlaType.RESTORE else spoken[-1]


def pauses_of(events: Iterable[Event]) -> tuple[Pause, ...]:
    """The pauses among the events of a promise."""
    pauses: list[Pause] = []
    for event in sorted(events, key=lambda event: event.at):
        open_pause = bool(pauses) and pauses[-1][1] is None
        if event.type is SlaType.PAUSE and not open_pause:
            pauses.append((event.at, None))
        elif event.type is SlaType.RESUME and open_pause:
            pauses[-1] = (pauses[-1][0], event.at)
    return tuple(pauses)


def attainment(readings: Sequence[Reading]) -> float | None:
    """The share of promises kept (domain/escalation.md §C6): met / (met + missed + open overdue). None without any."""
    met = sum(reading.standing is Standing.MET for reading in readings)
    late = sum(reading.standing in (Standing.MISSED, Standing.BREACHED) for reading in readings)
    return met / (met + late) if met + late else None
