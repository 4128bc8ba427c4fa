"""The clocks of what was promised: begun, fulfilled, resting, and the alarms that sound once.

All there is are events (``sla_event``); :func:`moderation.escalation.sla_rules.evaluate` reads them, and what it says has
fired is what is written, with the same moment. The ladder calls from within its own unit of work, its row held.
Source: domain/escalation.md §C1.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from common import clock
from common.db import db
from moderation.escalation import clocks
from moderation.escalation.models import Ladder, SlaEvent
from moderation.escalation.policies import Policy
from moderation.escalation.rules import OPEN, CaseState, Stage, next_step
from moderation.escalation.sla_rules import (
    FIRST_REPLIES,
    Alarm,
    Event,
    Metric,
    Promise,
    Reading,
    SlaType,
    Waits,
    evaluate,
    last_word,
    next_alarm,
)

Instance = tuple[Metric, int]
Instances = Mapping[Instance, Sequence[Event]]
FIRST = (Metric.FIRST_REPLY_ANY, 1)
"""The wait that everything else is counted beside."""
TEAM = (Metric.FIRST_REPLY_STAFF, Metric.NEXT_REPLY, Metric.PERIODIC_UPDATE)
"""What the team owes the asker: the earliest of them is when a case is due."""
SOURCE = "clock"
"""What an alarm names as its cause."""


def instances(question_id: int, cycle: int) -> dict[Instance, list[Event]]:
    """Everything promised in a cycle with its events, in the order they were recorded."""
    return of_many([(question_id, cycle)]).get((question_id, cycle), {})


def of_many(cycles: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[Instance, list[Event]]]:
    """The same for many cycles, each a question and a number, in one query."""
    wanted: dict[tuple[int, int], dict[Instance, list[Event]]] = {one: {} for one in cycles}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            SlaEvent.question_id, SlaEvent.cycle, SlaEvent.metric, SlaEvent.instance, SlaEvent.type, SlaEvent.at, SlaEvent.priority
        )
        .where(SlaEvent.question_id.in_({question_id for question_id, _cycle in wanted}))
        .order_by(SlaEvent.id)
    )  # fmt: skip
    for question_id, cycle, metric, number, type_, at, priority in rows:
        mine = wanted.get((question_id, cycle))
        if mine is not None:
            mine.setdefault((metric, number), []).append(Event(type_, at, priority))
    return wanted


def is_running(events: Sequence[Event]) -> bool:
    """Whether somebody still waits for it."""
    return last_word(events) is SlaType.ACTIVATE


def promise_of(ladder: Ladder, policy: Policy, metric: Metric) -> Promise | None:
    """The terms of a metric in this cycle."""
    return policy.promise(metric, ladder.factor)


# --- beginning and ending -------------------------------------------------------------------------------------------


def begin(ladder: Ladder, metric: Metric, at: datetime, source: str) -> bool:
    """Promise something, unless it runs already or the policy does not; it rests at once while it may."""
    policy = clocks.policy_for(ladder)
    number = next_number(ladder, policy, instances(ladder.question_id, ladder.cycle), metric)
    if number is None:
        return False
    written = clocks.note(ladder, metric, SlaType.ACTIVATE, at, source, ladder.priority, instance=number)
    case = clocks.case_now(ladder)
    if written and case is not None and case.state is CaseState.WAITING_ASKER:
        _rest_one(ladder, policy, metric, number, Waits.NEEDS_INFO, f"{source}/begun")
    return written


def next_number(ladder: Ladder, policy: Policy, found: Instances, metric: Metric) -> int | None:
    """Under which number something is promised anew; None while it runs, and where the policy does not promise it. Pure."""
    if promise_of(ladder, policy, metric) is None:
        return None
    mine = [events for key, events in found.items() if key[0] is metric]
    return None if any(is_running(events) for events in mine) else len(mine) + 1


def fulfil(ladder: Ladder, metrics: Sequence[Metric], at: datetime, source: str) -> None:
    """What was promised has happened."""
    _say(ladder, metrics, SlaType.FULFIL, at, source)


def cancel(ladder: Ladder, metrics: Sequence[Metric], source: str) -> None:
    """Nobody waits for it any more."""
    _say(ladder, metrics, SlaType.CANCEL, clock.now(), source)


def _say(ladder: Ladder, metrics: Sequence[Metric], type: SlaType, at: datetime, source: str) -> None:
    for (metric, number), events in instances(ladder.question_id, ladder.cycle).items():
        if metric in metrics and is_running(events):
            clocks.note(ladder, metric, type, at, source, instance=number)


def rest(ladder: Ladder, type: SlaType, why: Waits, source: str) -> None:
    """Pause or go on, for everything that may rest for this reason."""
    policy = clocks.policy_for(ladder)
    for (metric, number), events in instances(ladder.question_id, ladder.cycle).items():
        if metric in FIRST_REPLIES or is_running(events):
            _rest_one(ladder, policy, metric, number, why, source, type)


def _rest_one(
    ladder: Ladder, policy: Policy, metric: Metric, number: int, why: Waits, source: str, type: SlaType = SlaType.PAUSE
) -> None:  # fmt: skip
    promise = promise_of(ladder, policy, metric)
    if promise is not None and why in promise.rests_for:
        clocks.note(ladder, metric, type, clock.now(), source, instance=number)


def retarget(ladder: Ladder, source: str) -> None:
    """Another priority: another target from the same start, for all that runs."""
    for (metric, number), events in instances(ladder.question_id, ladder.cycle).items():
        if metric in FIRST_REPLIES or is_running(events):
            clocks.note(
                ladder, metric, SlaType.RETARGET, clock.now(), source, ladder.priority, instance=number
            )


def follow_case(ladder: Ladder, source: str, in_public: bool) -> None:
    """A case that is over owes no reply and no news; nor does one that goes on in private, where people just talk."""
    case = clocks.case_now(ladder)
    if not in_public or case is None or case.state not in OPEN:
        cancel(ladder, (Metric.NEXT_REPLY, Metric.PERIODIC_UPDATE), source)


# --- alarms ---------------------------------------------------------------------------------------------------------


Fired = list[tuple[Instance, Alarm]]


def unsounded(ladder: Ladder, policy: Policy, found: Instances) -> Fired:
    """The warnings and breaches that have fired and are not written yet."""
    now, fired = clock.now(), []
    for (metric, number), events in found.items():
        promise = promise_of(ladder, policy, metric)
        reading = evaluate(promise, events, now) if promise is not None else None
        kept = {event.type for event in events}
        alarms = reading.alarms if reading is not None else ()
        fired += [((metric, number), alarm) for alarm in alarms if alarm.type not in kept]
    return fired


def moments(
    ladder: Ladder, policy: Policy, found: Instances, reached: Mapping[Stage, datetime] | None = None
) -> tuple[datetime | None, datetime | None]:
    """When the sweep looks at a clock next: for its next stage, and for the next alarm of anything promised."""
    climb = clocks.climb_of(ladder, policy, reached, found.get(FIRST, ()))
    step = next_step(climb, policy.calendar)
    return step[1] if step else None, alarm_at(ladder, policy, found)


def alarm_at(ladder: Ladder, policy: Policy, found: Instances) -> datetime | None:
    """When the next alarm of anything promised comes."""
    now = clock.now()
    moments = []
    for (metric, _number), events in found.items():
        promise = promise_of(ladder, policy, metric)
        if promise is not None:
            moments.append(next_alarm(promise, events, now))
    return min((moment for moment in moments if moment is not None), default=None)


def owed(ladder: Ladder, policy: Policy, found: Instances) -> list[Reading]:
    """What the team owes the asker at this moment, the one due first first; what rests comes last."""
    readings = []
    for (metric, _number), events in found.items():
        promise = promise_of(ladder, policy, metric)
        if metric not in TEAM or promise is None or not is_running(events):
            continue
        reading = evaluate(promise, events, clock.now())
        if reading is not None:
            readings.append(_not_before(reading, ladder) if metric in FIRST_REPLIES else reading)
    return sorted(readings, key=lambda one: (one.due_at is None, one.due_at))


def _not_before(reading: Reading, ladder: Ladder) -> Reading:
    """Nothing is due before a new priority made it so."""
    if reading.due_at is None or ladder.retargeted_at is None:
        return reading
    return replace(reading, due_at=max(reading.due_at, ladder.retargeted_at))
