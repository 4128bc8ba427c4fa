"""The steps of the ladder, for many clocks at once: read together, decided one by one, written together.

A step of one clock alone is the same with one. Everything that many of them read is read in one statement, everything they
write is one statement for each table, and what people are told is written at the end (``telling.together``). The rows are held
before anything is decided; what somebody else holds has its turn later. Source: domain/escalation.md §C1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from accounts.notifications import telling
from common import clock, freshness
from common.db import db, insert_many
from common.unit_of_work import keeping, record, unit_of_work
from moderation.escalation import casework, clocks, skipping, stepping
from moderation.escalation.models import Case, Ladder, SlaEvent, SlaTerms, StageRow
from moderation.escalation.policies import Policy, policy_of
from moderation.escalation.rules import OPEN, Climb, Stage, Steps, deadline, due_steps, furthest
from moderation.escalation.sla_rules import Event, Metric, SlaType
from moderation.events import StageReached
from moderation.routing import applying, assigning
from moderation.targets import promises


@dataclass(slots=True)
class Turn:
    """One clock whose time has come: its row, what is known of it, the stages it has come to, and what is to be written of its
    promises (``said``). ``climb`` is where it stood ``before``, a moment for each stage it had reached."""

    ladder: Ladder
    policy: Policy
    before: dict[Stage, datetime]
    climb: Climb
    steps: Steps
    known: dict[promises.Instance, list[Event]]
    case: Case | None = None
    fired: promises.Fired = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reached(self) -> dict[Stage, datetime]:
        """The stages whose time has come, each with the moment it was due, in order."""
        return dict(self.steps.reached)

    def say(
        self, instance: promises.Instance, type: SlaType, at: datetime, source: str, retargeted: bool = False
    ) -> None:
        """Something happened to a promise."""
        ladder, (metric, number) = self.ladder, instance
        priority = ladder.priority if type is SlaType.ACTIVATE else None
        self.known.setdefault(instance, []).append(Event(type, at, priority))
        self.said.append(
            {"question_id": ladder.question_id, "cycle": ladder.cycle, "metric": metric, "instance": number, "type": type,
             "at": at, "source": source, "priority": priority, "retargeted": retargeted}
        )  # fmt: skip

    def sound(self) -> None:
        """Say what was promised and is late or nearly so, each alarm once."""
        self.fired = promises.unsounded(self.ladder, self.policy, self.known)
        for instance, alarm in self.fired:
            self.say(instance, alarm.type, alarm.at, promises.SOURCE, alarm.retargeted)


def step(question_ids: Sequence[int]) -> set[int]:
    """Step on those of these questions whose time has come and of which nobody is told; returns them."""
    if not question_ids:
        return set()
    with keeping(), unit_of_work():
        freshness.touch(*(f"question:{one}" for one in question_ids))  # before the rows, as everywhere
        held = _held(question_ids, or_(Ladder.due_at <= clock.now(), Ladder.alarm_at <= clock.now()))
        turns = _turns(held, lambda _ladder: skipping.never)
        with_team = casework.in_team_hands([one.question_id for one in held])
        for one in turns:
            one.sound()
        quiet = [
            one for one in turns
            if one.reached.keys() <= {Stage.VISIBLE} and not (one.fired and one.ladder.question_id in with_team)
        ]  # fmt: skip
        _write(quiet)
        return {one.ladder.question_id for one in quiet}


def call(question_ids: Sequence[int], *is_due: ColumnElement[bool]) -> set[int]:
    """Do for those of these questions that are due all that their time has brought, and call whom it calls; returns them."""
    with keeping(), unit_of_work():
        freshness.touch(*(f"question:{one}" for one in question_ids))
        held = _held(question_ids, *is_due)
        if not held:
            return set()
        turns = _turns(held, skipping.asked_of(held))
        with telling.together():
            _act(turns)
            _write(turns)
            _tell(turns)
        return {one.ladder.question_id for one in turns}


def _held(question_ids: Sequence[int], *is_due: ColumnElement[bool]) -> list[Ladder]:
    """The clocks that are due still, their rows held; what somebody else holds has its turn later."""
    query = select(Ladder).where(Ladder.question_id.in_(question_ids), *is_due).order_by(Ladder.question_id)
    held = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(db.session.scalars(held))


def _turns(ladders: Sequence[Ladder], why_not: Callable[[Ladder], skipping.WhyNot]) -> list[Turn]:
    """What each of these has come to. Three statements."""
    pairs = [(one.question_id, one.cycle) for one in ladders]
    events, reached = promises.of_many(pairs), clocks.stages_of_many(dict(pairs))
    terms = select(SlaTerms).where(SlaTerms.id.in_({one.terms_id for one in ladders}))
    policies = {one.id: policy_of(one) for one in db.session.scalars(terms)}
    turns = []
    for ladder, pair in zip(ladders, pairs, strict=True):
        policy, known = policies[ladder.terms_id], events[pair]
        before = reached[ladder.question_id]
        climb = clocks.climb_of(ladder, policy, before, known.get(promises.FIRST, ()))
        steps = due_steps(climb, policy.calendar, clock.now(), why_not(ladder))
        turns.append(Turn(ladder, policy, before, climb, steps, known))
    return turns


def _act(turns: Sequence[Turn]) -> None:
    """Open the cases, name the agents and sound the alarms that are due; held are, in this order, desks and cases."""
    if any(Stage.ASSIGNED in one.reached for one in turns):
        casework.hold_desks(*assigning.everybody())
    opened = _pass_to_team([one for one in turns if Stage.STAFF in one.reached])
    cases = casework.hold_cases({one.ladder.question_id: one.ladder.cycle for one in turns})
    for one in turns:
        one.case = cases.get(one.ladder.question_id)
    applying.ensure_all([case for question_id, case in cases.items() if question_id in opened])
    assigning.name_agents(
        [one.case for one in turns if one.case is not None and Stage.ASSIGNED in one.reached]
    )
    for one in turns:
        one.sound()
        if one.case is not None and one.case.state in OPEN:
            owed = promises.owed(one.ladder, one.policy, one.known)
            one.case.due_at = owed[0].due_at if owed else one.case.due_at
    late = [one.case.id for one in turns if one.case is not None and Stage.BREACH in one.reached]
    casework.write_lines([casework.line(case_id, "late", None) for case_id in late])


def _pass_to_team(turns: Sequence[Turn]) -> set[int]:
    """Open their cases, and say of which questions; from now on the team's own reply is counted, from the cycle's start: to the asker it is one wait."""
    metric = Metric.FIRST_REPLY_STAFF
    opened = casework.open_cases(
        [(one.ladder, deadline(one.climb, one.policy.calendar, Stage.BREACH)) for one in turns]
    )
    for one in turns:
        number = promises.next_number(one.ladder, one.policy, one.known, metric)
        if one.ladder.question_id in opened and number is not None:
            one.say((metric, number), SlaType.ACTIVATE, one.ladder.started_at, "E4")
    return set(opened)


def _write(turns: Sequence[Turn]) -> None:
    """Write the stages and events, and when the sweep looks at each clock next."""
    now = clock.now()
    insert_many(
        StageRow,
        [
            {"question_id": one.ladder.question_id, "cycle": one.ladder.cycle, "stage": stage, "due_at": due, "recorded_at": now}
            for one in turns
            for stage, due in one.steps.reached
        ],
        once=True,
    )  # fmt: skip
    insert_many(SlaEvent, [row for one in turns for row in one.said], once=True)
    for one in turns:
        ladder, reached = one.ladder, one.reached
        for stage in reached:
            record(StageReached(ladder.question_id, ladder.cycle, stage.value))
            ladder.stage = furthest((ladder.stage, stage))
        if one.steps.skip_cause is not None:
            ladder.with_staff, ladder.skip_cause = False, one.steps.skip_cause
        due, alarm = promises.moments(ladder, one.policy, one.known, {**one.before, **reached})
        ladder.due_at, ladder.alarm_at, ladder.version = due, alarm, ladder.version + 1
        ladder.failure_count, ladder.last_error = 0, None
    db.session.flush()


def _tell(turns: Sequence[Turn]) -> None:
    """Tell whom these stages and alarms concern."""
    news = [one for one in turns if one.fired or one.reached.keys() - {Stage.VISIBLE}]
    asked = stepping.asked_by([one.ladder.question_id for one in news])
    missed = False
    for one in news:
        missed |= stepping.tell_of_alarms(one.ladder, one.fired, one.case)
        missed |= stepping.tell_of(one.ladder, one.reached, one.case, asked[one.ladder.question_id])
    if missed:
        stepping.bundle()
