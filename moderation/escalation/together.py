"""Many clocks at once, in one unit of work: rows somebody else holds are left out.

Steps of which nobody is told (a question stands first among the unanswered; something is late while the team has no case)
write the clock's own rows, in a few statements for all of them. Steps that call somebody are done one after the other as
``laddering`` does them alone, but what they all read (teams, people, receivers) is read once, and everything that a case hangs
on is held before the first of them, in the order of ``casework.hold``: nobody waits for anybody in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from accounts.notifications import telling
from common import clock, freshness
from common.db import db, insert_many, update_where
from common.unit_of_work import keeping, record, unit_of_work
from moderation.escalation import casework, clocks
from moderation.escalation.models import Case, Ladder, SlaEvent, SlaTerms, StageRow
from moderation.escalation.policies import policy_of
from moderation.escalation.rules import OPEN, Stage, due_steps, furthest
from moderation.escalation.sla_rules import Event
from moderation.events import StageReached
from moderation.routing import assigning
from moderation.targets import promises


@dataclass(frozen=True, slots=True)
class Turn:
    """What one clock has come to: the moment its question became visible, if it did, the alarms, and when it is looked at
    next."""

    ladder: Ladder
    visible: datetime | None
    fired: promises.Fired
    due_at: datetime | None
    alarm_at: datetime | None


def step(question_ids: Sequence[int]) -> set[int]:
    """Step on those of these questions whose time has come and of which nobody is told; returns them."""
    if not question_ids:
        return set()
    with unit_of_work():
        freshness.touch(*(f"question:{one}" for one in question_ids))  # before the rows, as everywhere
        turns = _turns(_held(question_ids, or_(Ladder.due_at <= clock.now(), Ladder.alarm_at <= clock.now())))
        done = {one.ladder.question_id for one in turns}
        _write(turns)
        return done


def call(
    question_ids: Sequence[int], column: Any, act: Callable[[int, Mapping[Stage, datetime]], Any]
) -> set[int]:
    """Do for each of these questions whose time has come (by ``column``) what calls somebody; returns them."""
    with keeping(), unit_of_work():
        freshness.touch(*(f"question:{one}" for one in question_ids))
        ladders = _held(question_ids, column <= clock.now())
        held = [one.question_id for one in ladders]
        reached = clocks.stages_of_many({one.question_id: one.cycle for one in ladders})
        update_where(Ladder, Ladder.question_id.in_(held), version=Ladder.version + 1)
        if held:
            casework.hold_desks(*assigning.everybody())
        with telling.together():
            for question_id in held:
                act(question_id, reached[question_id])
        return set(held)


def _held(question_ids: Sequence[int], is_due: ColumnElement[bool]) -> list[Ladder]:
    """The clocks that are due still, their rows held; what somebody else holds has its turn later."""
    query = select(Ladder).where(Ladder.question_id.in_(question_ids), is_due)
    return list(db.session.scalars(query.order_by(Ladder.question_id).with_for_update(skip_locked=True)))


def _turns(ladders: Sequence[Ladder]) -> list[Turn]:
    pairs = [(one.question_id, one.cycle) for one in ladders]
    events, reached = promises.of_many(pairs), clocks.stages_of_many(dict(pairs))
    terms = select(SlaTerms).where(SlaTerms.id.in_({one.terms_id for one in ladders}))
    policies = {one.id: policy_of(one) for one in db.session.scalars(terms)}
    cases = select(Case.question_id, Case.cycle).where(
        Case.question_id.in_(dict(pairs)), Case.state.in_(OPEN)
    )
    with_team = {(row.question_id, row.cycle) for row in db.session.execute(cases)}
    found = (
        _turn(one, policies[one.terms_id], events[pair], reached[one.question_id], pair in with_team)
        for one, pair in zip(ladders, pairs, strict=True)
    )
    return [one for one in found if one is not None]


def _turn(
    ladder: Ladder, policy: Any, events: dict[promises.Instance, list[Event]], reached: Mapping[Stage, datetime], with_team: bool
) -> Turn | None:  # fmt: skip
    """None where somebody is to be told."""
    climb = clocks.climb_of(ladder, policy, reached, events.get(promises.FIRST, ()))
    steps = dict(due_steps(climb, policy.calendar, clock.now(), lambda _climb, _due: None).reached)
    fired = promises.unsounded(ladder, policy, events)
    if steps.keys() - {Stage.VISIBLE} or (fired and with_team):
        return None
    after = {one: list(known) for one, known in events.items()}
    for instance, alarm in fired:
        after[instance].append(Event(alarm.type, alarm.at))
    moments = promises.moments(ladder, policy, after, {**reached, **steps})
    return Turn(ladder, steps.get(Stage.VISIBLE), fired, *moments)


def _write(turns: Sequence[Turn]) -> None:
    now = clock.now()
    seen = [(one.ladder, one.visible) for one in turns if one.visible is not None]
    insert_many(
        StageRow,
        [
            {"question_id": ladder.question_id, "cycle": ladder.cycle, "stage": Stage.VISIBLE, "due_at": due, "recorded_at": now}
            for ladder, due in seen
        ],
        once=True,
    )  # fmt: skip
    insert_many(
        SlaEvent,
        [
            {"question_id": one.ladder.question_id, "cycle": one.ladder.cycle, "metric": metric, "instance": number,
             "type": alarm.type, "at": alarm.at, "source": promises.SOURCE, "retargeted": alarm.retargeted}
            for one in turns
            for (metric, number), alarm in one.fired
        ],
        once=True,
    )  # fmt: skip
    for ladder, _due in seen:
        record(StageReached(ladder.question_id, ladder.cycle, Stage.VISIBLE.value))
    rows = [
        {"question_id": one.ladder.question_id, "version": one.ladder.version + 1, "due_at": one.due_at, "alarm_at": one.alarm_at,
         "failure_count": 0, "last_error": None, "stage": one.ladder.stage if one.visible is None else furthest((one.ladder.stage, Stage.VISIBLE))}
        for one in turns
    ]  # fmt: skip
    if rows:
        db.session.execute(update(Ladder), rows)
        db.session.expire_all()
