"""How far a question has got, and what may happen to it next: one pure function and its tables.

The state is derived from facts that are stored, never typed in; every moment is an argument.
Source: domain/escalation.md §C1.1; design/UX.md §5 (solution, helped), §6 (is it solved?).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from forum.questions.rules import HelpState


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the state of a question follows from.

    ``accepted``: an answer in view is its solution, or the asker said that it is solved. ``endorsed``: the team
    recommends one. ``answered``: a valid answer since the asker last said that it is still a problem, or the end of the
    incident it belonged to. ``waiting``: the
    asker was asked for details and has written nothing since; ``left``: and was waited for long enough. ``presumed``:
    nothing was written for long after an answer that others found useful.
    """

    published: bool = True
    accepted: bool = False
    endorsed: bool = False
    private: bool = False
    linked: bool = False
    closed: bool = False
    waiting: bool = False
    left: bool = False
    presumed: bool = False
    answered: bool = False


def help_state(facts: Facts) -> HelpState:
    """The state of a question from what is true of it; what stands first decides.

    Solved beats closed, so that a solved question closed as a duplicate keeps its solution in view.
    """
    if not facts.published:
        return HelpState.HELD
    if facts.accepted or facts.endorsed:
        return HelpState.SOLVED
    if facts.private:
        return HelpState.PRIVATE
    if facts.linked:
        return HelpState.LINKED
    if facts.closed:
        return HelpState.CLOSED
    if facts.waiting:
        return HelpState.STALE if facts.left else HelpState.NEEDS_INFO
    if facts.answered:
        return HelpState.PRESUMED_SOLVED if facts.presumed else HelpState.ANSWERED
    return HelpState.OPEN


class StateMove(StrEnum):
    """What happens to a question, as far as its state depends on it."""

    APPROVE = "approve"
    ANSWER = "answer"
    ACCEPT = "accept"
    NOT_SOLVED = "not_solved"
    ASK_DETAILS = "ask_details"
    REPLY = "reply"
    GIVE_UP = "give_up"
    PRESUME = "presume"
    LINK = "link"
    UNLINK = "unlink"
    INCIDENT_OVER = "incident_over"
    GO_PRIVATE = "go_private"
    COME_BACK = "come_back"
    CLOSE = "close"
    REOPEN = "reopen"


_CHANGES: Mapping[StateMove, dict[str, bool]] = {
    StateMove.APPROVE: {"published": True},
    StateMove.ANSWER: {"answered": True},
    StateMove.ACCEPT: {"accepted": True},
    StateMove.NOT_SOLVED: {"accepted": False, "endorsed": False, "answered": False, "presumed": False},
    StateMove.ASK_DETAILS: {"waiting": True},
    StateMove.REPLY: {"waiting": False, "left": False, "presumed": False},
    StateMove.GIVE_UP: {"left": True},
    StateMove.PRESUME: {"presumed": True},
    StateMove.LINK: {"linked": True},
    StateMove.UNLINK: {"linked": False},
    StateMove.INCIDENT_OVER: {"linked": False, "answered": True},
    StateMove.GO_PRIVATE: {"private": True},
    StateMove.COME_BACK: {"private": False},
    StateMove.CLOSE: {"closed": True},
    StateMove.REOPEN: {"closed": False, "linked": False, "private": False},
}


def after(facts: Facts, move: StateMove) -> Facts:
    """What is true once something has happened. The state follows by :func:`help_state`."""
    return replace(facts, **_CHANGES[move])


PAUSING = frozenset({HelpState.NEEDS_INFO, HelpState.LINKED, HelpState.STALE})
"""States in which nobody is waited for but the asker or an incident: clocks rest (§C1.5)."""

UNDECIDED = frozenset({HelpState.OPEN, HelpState.ANSWERED})
"""States in which somebody may still help, and should."""

ASKABLE = frozenset({HelpState.ANSWERED, HelpState.PRESUMED_SOLVED})
"""States in which the asker may be asked whether it is solved."""

REOPENABLE = frozenset({HelpState.ANSWERED, HelpState.SOLVED, HelpState.PRESUMED_SOLVED})
"""States that the asker leaves by saying "still a problem"."""

GROUPS: Mapping[str, frozenset[HelpState]] = {
    "open": frozenset({HelpState.OPEN, HelpState.NEEDS_INFO}),
    "answered": frozenset({HelpState.ANSWERED, HelpState.PRESUMED_SOLVED}),
    "solved": frozenset({HelpState.SOLVED}),
    "closed": frozenset({HelpState.LINKED, HelpState.PRIVATE, HelpState.STALE, HelpState.CLOSED}),
}
"""The ten states as a reader sorts them. What is held is in no list."""


def group_of(state: HelpState | str) -> str:
    """The group of a state; a held question counts as open, and is shown nowhere."""
    return next((name for name, states in GROUPS.items() if state in states), "open")


# --- the asker is waited for --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the asker is waited for: two reminders, then the question rests (§C1.1)."""

    first: timedelta = timedelta(days=7)
    second: timedelta = timedelta(days=11)
    rest: timedelta = timedelta(days=14)


class WaitStep(StrEnum):
    """What is due about a question that waits for its asker."""

    REMIND = "remind"
    REST = "rest"


def wait_step(asked_at: datetime, reminded: int, now: datetime, patience: Patience) -> WaitStep | None:
    """What is due now; a clock that was late sends one reminder, never two at once."""
    waited = now - asked_at
    if waited >= patience.rest:
        return WaitStep.REST
    if (reminded == 0 and waited >= patience.first) or (reminded == 1 and waited >= patience.second):
        return WaitStep.REMIND
    return None


CHECK_AFTER = (timedelta(days=2), timedelta(days=7))
"""Time after the first answer when its asker is asked whether it is solved (design/UX.md §6)."""

CHECKED_LATE = timedelta(days=7)
"""How late the last of these may be asked, after a worker was down; then silence says it (§C1.1: presumed solved)."""


def checks_due(first_answer_at: datetime | None, now: datetime) -> int:
    """How many times an asker ought to have been asked by now; a clock that was late asks once, never twice at once."""
    return 0 if first_answer_at is None else sum(now >= first_answer_at + after for after in CHECK_AFTER)


def still_holds(moment: datetime | None, unsolved_at: datetime | None) -> bool:
    """Whether what helped at a moment counts: the asker has not said since that it is still a problem."""
    return moment is not None and (unsolved_at is None or moment > unsolved_at)


def may_reopen(ended_at: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether the asker may still open it again; later it is a new question, linked to this one."""
    return ended_at is None or now <= ended_at + within


# --- a proposed solution ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confirmation:
    """When a proposed solution is accepted by itself (design/UX.md §5)."""

    wait: timedelta = timedelta(days=7)
    helped: int = 5
    most_against: float = 0.2


def confirms_itself(
    proposed_at: datetime, helped: int, not_helped: int, now: datetime, terms: Confirmation
) -> bool:
    """Whether a proposal that nobody objected to has waited long enough and helped enough people."""
    if now < proposed_at + terms.wait or helped < terms.helped:
        return False
    return not_helped <= terms.most_against * helped


# --- an accepted answer that is outscored ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pinning:
    """When the accepted answer stands first no longer: another is clearly more useful."""

    margin: int = 10
    factor: float = 2.0
    after: timedelta = timedelta(days=30)


def is_outscored(
    accepted_score: int, others: Iterable[int], accepted_at: datetime, now: datetime, pinning: Pinning
) -> bool:
    """Whether another answer beats the accepted one by the margin and by the factor, some time after its acceptance."""
    if now < accepted_at + pinning.after:
        return False
    best = max(others, default=0)
    return best >= accepted_score + pinning.margin and best >= pinning.factor * max(accepted_score, 0)
