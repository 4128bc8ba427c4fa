"""The ladder and the cases: which stage is due when, and which move of a case is legal.

Pure tables and functions; every moment is an argument. Source: domain/escalation.md §C1.1, §C1.2, §C3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from moderation.calendars.rules import Calendar, Pause, always_open, due_at

COMMUNITY = always_open()


class Priority(StrEnum):
    """How soon a question needs somebody, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


PRIORITIES = tuple(Priority)


class Stage(StrEnum):
    """The steps of the ladder, in the order they usually come."""

    VISIBLE = "E2"
    SUPER_USERS = "E3"
    STAFF = "E4"
    ASSIGNED = "E5"
    WARNING = "warning"
    BREACH = "E6"
    OVERDUE = "E6+"


STAGES = tuple(Stage)
COMMUNITY_STAGES = frozenset({Stage.VISIBLE, Stage.SUPER_USERS})
STAFF_STAGES = frozenset(Stage) - COMMUNITY_STAGES


@dataclass(frozen=True)
class Timers:
    """When each stage comes, in minutes: community minutes up to E3, working minutes from E4 on.

    ``assign`` counts from E4; ``target`` is the promised first reply (E6); ``warn_percent`` and ``overdue_percent``
    are parts of it (75 warns, 150 tells the manager).
    """

    visible: int
    super_users: int
    staff: int
    assign: int
    target: int
    warn_percent: int = 75
    overdue_percent: int = 150

    def minutes(self, stage: Stage, at_once: bool = False) -> float:
        """Minutes from the start of the cycle; ``at_once``: the team is told with no delay, see :func:`told_at_once`."""
        staff = 0 if at_once else self.staff
        return {
            Stage.VISIBLE: self.visible,
            Stage.SUPER_USERS: self.super_users,
            Stage.STAFF: staff,
            Stage.ASSIGNED: staff + self.assign,
            Stage.WARNING: self.target * self.warn_percent / 100,
            Stage.BREACH: self.target,
            Stage.OVERDUE: self.target * self.overdue_percent / 100,
        }[stage]

    def times(self, factor: float) -> Timers:
        """The same ladder, slower or faster (a category's factor)."""
        numbers = (self.visible, self.super_users, self.staff, self.assign, self.target)
        visible, super_users, staff, assign, target = (max(1, round(n * factor)) for n in numbers)
        return Timers(visible, super_users, staff, assign, target, self.warn_percent, self.overdue_percent)


DEFAULT_TIMERS: Mapping[Priority, Timers] = {
    Priority.URGENT: Timers(10, 10, 15, 5, 60),
    Priority.HIGH: Timers(30, 45, 60, 15, 240),
    Priority.NORMAL: Timers(60, 120, 240, 60, 480),
    Priority.LOW: Timers(240, 480, 960, 240, 1920),
}


def told_at_once(is_danger: bool, is_legal: bool, priority: Priority) -> bool:
    """Whether the team has a question with no delay: danger always, law where it is urgent (§C1.2, E4)."""
    return is_danger or (is_legal and priority is Priority.URGENT)


def furthest(stages: Iterable[Stage | None]) -> Stage | None:
    """The highest of the stages a cycle has reached, in whatever order they came: a stage never goes down by itself."""
    return max((one for one in stages if one is not None), key=STAGES.index, default=None)


@dataclass(frozen=True)
class Climb:
    """Where a question stands on its ladder, as far as the next step depends on it.

    ``answered``: a member has helped, so nobody else is called; the team's own steps go on where they still count.
    ``stopped``: nothing comes any more. ``floor``: no step counts as due earlier (the moment of a new priority).
    ``passed_at``: when the team got it, where it has: an agent is named so long after it, by whomever it was called.
    """

    start: datetime
    timers: Timers
    at_once: bool = False
    pauses: Sequence[Pause] = ()
    recorded: Collection[Stage] = ()
    answered: bool = False
    stopped: bool = False
    with_staff: bool = True
    with_super_users: bool = True
    floor: datetime | None = None
    passed_at: datetime | None = None


def deadline(climb: Climb, calendar: Calendar, stage: Stage) -> datetime | None:
    """When a stage is due, recorded or not; ``None`` while the clock is paused before it."""
    counted = COMMUNITY if stage in COMMUNITY_STAGES else calendar
    start, minutes = climb.start, climb.timers.minutes(stage, climb.at_once)
    if stage is Stage.ASSIGNED and climb.passed_at is not None:
        start, minutes = climb.passed_at, climb.timers.assign
    due = due_at(counted, start, timedelta(minutes=minutes), climb.pauses)
    return due if due is None or climb.floor is None else max(due, climb.floor)


def remaining(climb: Climb) -> tuple[Stage, ...]:
    """The stages that can still come."""
    if climb.stopped:
        return ()
    left = [stage for stage in STAGES if stage not in climb.recorded]
    if not climb.with_super_users:
        left = [stage for stage in left if stage is not Stage.SUPER_USERS]
    if not climb.with_staff:
        return tuple(stage for stage in left if stage in COMMUNITY_STAGES and not climb.answered)
    return tuple(stage for stage in left if stage in STAFF_STAGES or not climb.answered)


def next_step(climb: Climb, calendar: Calendar) -> tuple[Stage, datetime] | None:
    """The stage that comes next and the moment it is due."""
    steps = [
        (due, stage) for stage in remaining(climb) if (due := deadline(climb, calendar, stage)) is not None
    ]
    if not steps:
        return None
    due, stage = min(steps, key=lambda step: (step[0], STAGES.index(step[1])))
    return stage, due


@dataclass(frozen=True, slots=True)
class Steps:
    """The stages whose time has come, with the moments they were due; why the team is passed over, where it is."""

    reached: tuple[tuple[Stage, datetime], ...]
    skip_cause: str | None = None


def due_steps(
    climb: Climb, calendar: Calendar, now: datetime, why_not: Callable[[Climb, datetime], str | None]
) -> Steps:
    """Every step that is due at a moment, in order. ``why_not`` says why the team is not told although it is its turn."""
    reached: list[tuple[Stage, datetime]] = []
    cause = None
    while step := next_step(climb, calendar):
        stage, due = step
        if due > now:
            break
        if stage is Stage.STAFF and (why := why_not(climb, due)):
            climb, cause = replace(climb, with_staff=False), why
            continue
        reached.append(step)
        passed_at = due if stage is Stage.STAFF else climb.passed_at
        climb = replace(climb, recorded=frozenset({*climb.recorded, stage}), passed_at=passed_at)
    return Steps(tuple(reached), cause)


# --- cases ----------------------------------------------------------------------------------------------------------


class CaseState(StrEnum):
    """What the team is doing about a question."""

    NEW = "new"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    WAITING_ASKER = "waiting_asker"
    WAITING_INTERNAL = "waiting_internal"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    HANDED_BACK = "handed_back"
    CANCELLED = "cancelled"


class CaseMove(StrEnum):
    """What can be done with a case."""

    QUEUE = "queue"
    TAKE = "take"
    RELEASE = "release"
    REASSIGN = "reassign"
    ASK = "ask"
    WAIT = "wait"
    RESUME = "resume"
    ANSWER = "answer"
    RESOLVE = "resolve"
    CLOSE = "close"
    HAND_BACK = "hand_back"
    CANCEL = "cancel"
    REOPEN = "reopen"
    REVIVE = "revive"


_S, _M = CaseState, CaseMove
WORKED_ON = (_S.ASSIGNED, _S.WAITING_ASKER, _S.WAITING_INTERNAL)
UNASSIGNED = (_S.NEW, _S.QUEUED)
OPEN = (*UNASSIGNED, *WORKED_ON)

CASE_MOVES: Mapping[tuple[CaseState, CaseMove], CaseState] = {
    (_S.NEW, _M.QUEUE): _S.QUEUED,
    (_S.QUEUED, _M.TAKE): _S.ASSIGNED,
    **{(state, _M.RELEASE): _S.QUEUED for state in WORKED_ON},
    **{(state, _M.REASSIGN): state for state in WORKED_ON},
    **{(state, _M.ASK): _S.WAITING_ASKER for state in (_S.ASSIGNED, _S.WAITING_INTERNAL)},
    (_S.ASSIGNED, _M.WAIT): _S.WAITING_INTERNAL,
    (_S.WAITING_ASKER, _M.RESUME): _S.ASSIGNED,
    (_S.WAITING_INTERNAL, _M.RESUME): _S.ASSIGNED,
    **{(state, _M.ANSWER): _S.ANSWERED for state in OPEN},
    **{(state, _M.RESOLVE): _S.RESOLVED for state in (*OPEN, _S.ANSWERED)},
    (_S.RESOLVED, _M.CLOSE): _S.CLOSED,
    **{(state, _M.HAND_BACK): _S.HANDED_BACK for state in WORKED_ON},
    **{(state, _M.CANCEL): _S.CANCELLED for state in UNASSIGNED},
    **{(state, _M.REOPEN): _S.ASSIGNED for state in (_S.ANSWERED, _S.RESOLVED)},
    **{(state, _M.REVIVE): _S.QUEUED for state in (_S.CANCELLED, _S.ANSWERED, _S.RESOLVED)},
}
"""Every legal move. A pair that is not here is refused."""


def case_after(state: CaseState, move: CaseMove) -> CaseState | None:
    """The state a move leads to, or None when it is not legal from there."""
    return CASE_MOVES.get((state, move))


def case_sources(move: CaseMove) -> tuple[CaseState, ...]:
    """The states a move may start from, for the criterion of a conditional update."""
    return tuple(state for state, made in CASE_MOVES if made == move)


class HandBackReason(StrEnum):
    """Why the team leaves a question to the community."""

    OPINION = "opinion"
    EXPERIENCE = "experience"
    OUT_OF_SCOPE = "out_of_scope"


class Column(StrEnum):
    """The columns of the board."""

    TO_TAKE = "to_take"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    ANSWERED = "answered"


COLUMN_OF: Mapping[CaseState, Column] = {
    _S.NEW: Column.TO_TAKE,
    _S.QUEUED: Column.TO_TAKE,
    _S.ASSIGNED: Column.IN_PROGRESS,
    _S.WAITING_INTERNAL: Column.IN_PROGRESS,
    _S.WAITING_ASKER: Column.WAITING,
    _S.ANSWERED: Column.ANSWERED,
    _S.RESOLVED: Column.ANSWERED,
}
