"""What can be put in order, why a thread is locked, and how much may be done at once. Pure.

Sources: domain/escalation.md §C1.1 (linked, reopening within 30 days), domain/moderation.md §B2.4 (bulk),
design/UX.md §1 (a duplicate is linked with a kind sentence) and §5 (more than 25 ask for a typed confirmation).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class ActType(StrEnum):
    """An act of order."""

    DUPLICATE = "duplicate"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    RETITLE = "retitle"
    RETAG = "retag"
    CLOSE = "close"
    REOPEN = "reopen"
    LOCK = "lock"
    UNLOCK = "unlock"


class LockReason(StrEnum):
    """Why a thread takes nothing more."""

    SETTLED = "settled"
    HEATED = "heated"
    OUTDATED = "outdated"
    OFFICIAL = "official"


class Many(StrEnum):
    """What can be done to many questions at once."""

    DUPLICATE = "duplicate"
    MERGE = "merge"
    MOVE = "move"
    TAG = "tag"
    UNTAG = "untag"
    LOCK = "lock"
    CLOSE = "close"
    REOPEN = "reopen"


BY_HAND = (LockReason.HEATED, LockReason.OUTDATED, LockReason.OFFICIAL, LockReason.SETTLED)
"""What staff choose among; only what was settled may be opened again by the person who asked."""

MOST_SPLIT = 50
"""Posts that one split takes along."""

MOST_AT_ONCE = 200
CONFIRM_FROM = 26
"""From so many on, a bulk act asks for their number, typed."""


def final_of(start: int, leads_to: Mapping[int, int | None]) -> int:
    """Where a chain of duplicates or merges ends; a circle, which cannot be stored, ends where it closes."""
    seen = {start}
    here = start
    while (onward := leads_to.get(here)) is not None and onward not in seen:
        seen.add(onward)
        here = onward
    return here


def within(since: datetime | None, days: int, at: datetime) -> bool:
    """Whether a moment is at most so many days ago."""
    return since is not None and at <= since + timedelta(days=days)


def confirmed(count: int, typed: str) -> bool:
    """Whether a bulk act may go on: few need no word, many need their number."""
    return count < CONFIRM_FROM or typed.strip() == str(count)


def due_again(
    published_at: datetime, shown_at: datetime | None, count: int, at: datetime, after_days: int, most: int
) -> bool:
    """Whether an unanswered question is shown again: old enough, not too often, and not since a while."""
    last = shown_at or published_at
    return count < most and at >= last + timedelta(days=after_days)
