"""Recompute every clock from its events and compare with what is written: ``flask clocks check``.

Alarms that are due and wait for the next sweep are no fault. What can be put right without touching an event (the moments
the sweep looks at) is; a written event is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.escalation import clocks, laddering
from moderation.escalation.models import Ladder, SlaTerms
from moderation.escalation.policies import Policy, policy_of
from moderation.escalation.rules import Stage
from moderation.escalation.sla_rules import ALARMS, evaluate
from moderation.targets import promises

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """A clock that does not say what its events say: ``step`` or ``alarm`` (a moment), or ``events``."""

    question_id: int
    what: str
    said: str
    computed: str


def faults() -> list[Fault]:
    """All of them."""
    return list(_faults())


def _faults() -> Iterator[Fault]:
    last = 0
    while True:
        query = select(Ladder).where(Ladder.question_id > last).order_by(Ladder.question_id).limit(CHUNK)
        rows = list(db.session.scalars(query))
        if not rows:
            return
        pairs = [(row.question_id, row.cycle) for row in rows]
        events, reached = promises.of_many(pairs), clocks.stages_of_many(dict(pairs))
        terms = {one: policy_of(db.session.get_one(SlaTerms, one)) for one in {row.terms_id for row in rows}}
        for ladder in rows:
            mine = events[ladder.question_id, ladder.cycle]
            yield from faults_of(ladder, terms[ladder.terms_id], mine, reached[ladder.question_id])
        last = rows[-1].question_id
        db.session.rollback()


def faults_of(
    ladder: Ladder, policy: Policy, found: promises.Instances, reached: Mapping[Stage, datetime]
) -> Iterator[Fault]:
    """What one clock says wrongly."""
    if ladder.failure_count == 0:
        due, alarm = promises.moments(ladder, policy, found, reached)
        for what, said, computed in (("step", ladder.due_at, due), ("alarm", ladder.alarm_at, alarm)):
            if said != computed:
                yield Fault(ladder.question_id, what, str(said), str(computed))
    for (metric, number), events in found.items():
        promise = promises.promise_of(ladder, policy, metric)
        reading = evaluate(promise, events, clock.now()) if promise is not None else None
        fired = {(alarm.type, alarm.at) for alarm in reading.alarms} if reading is not None else set()
        kept = {(event.type, event.at) for event in events if event.type in ALARMS}
        if kept - fired:
            words = [", ".join(f"{type} {at}" for type, at in sorted(one)) for one in (kept, fired)]
            yield Fault(ladder.question_id, "events", f"{metric} {number}: {words[0]}", words[1])


def mend() -> int:
    """Set the moments anew where they are wrong; returns how many clocks."""
    wrong = sorted({fault.question_id for fault in faults() if fault.what != "events"})
    for question_id in wrong:
        with unit_of_work():
            ladder = laddering.lock(question_id)
            if ladder is not None:
                laddering.aim(ladder)
    return len(wrong)
