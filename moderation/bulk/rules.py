"""What many items are chosen by, when a second person must agree, and what may become of each. Pure.

Source: domain/moderation.md §B2.4 (bulk), domain/invariants.md 45.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from moderation.review.rules import Decision, ItemType


class By(StrEnum):
    """What the items have in common."""

    AUTHOR = "author"
    TEXT = "text"
    DOMAIN = "domain"
    TICKED = "ticked"


class Choice(StrEnum):
    """What is decided about all of them; which word it has for an item depends on where its text stands."""

    APPROVE = "approve"
    REFUSE = "refuse"


class BulkState(StrEnum):
    """Where a bulk stands. Above some refusals it waits for a second person."""

    PROPOSED = "proposed"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What became of an item: decided, taken back within seconds, or passed over and why."""

    WAITING = "waiting"
    DECIDED = "decided"
    UNDONE = "undone"
    LEASED = "leased"
    CHANGED = "changed"
    SETTLED = "settled"
    GONE = "gone"
    NOT_YOURS = "not_yours"
    UNFIT = "unfit"
    FAILED = "failed"


PASSED = frozenset(Outcome) - {Outcome.WAITING, Outcome.DECIDED, Outcome.UNDONE}
"""The item was left as it was."""

AMONG_MANY = frozenset(
    {ItemType.POST, ItemType.EDIT, ItemType.FLAG_CASE, ItemType.REVIEW, ItemType.IMAGE, ItemType.SAMPLE}
)
"""What a filter finds: texts. Appeals, profiles and messages are read one by one."""

MOST = 200
EXAMPLES = 5
AT_ONCE = 40
"""So many are decided while one waits; more are work for the job."""

TYPED_FROM = 26
"""From this number on it is typed once more (design/UX.md §5)."""


def needs_second(choice: Choice, count: int, lately: int, alone: int) -> bool:
    """Whether somebody else must agree. ``lately``: what the same person refused that way alone within the hour, so that
    a hundred are not two times fifty."""
    return choice is Choice.REFUSE and count + lately > alone


def is_open(state: BulkState, expires_at: datetime | None, at: datetime) -> bool:
    """Whether a proposal may still be confirmed."""
    return state is BulkState.PROPOSED and expires_at is not None and at < expires_at


def decision_for(choice: Choice, kind: ItemType, post_state: str) -> Decision:
    """The decision about one item, as its own page would offer it."""
    if choice is Choice.APPROVE:
        return Decision.APPROVE
    return Decision.REJECT if kind is ItemType.EDIT or post_state == "held" else Decision.REMOVE
