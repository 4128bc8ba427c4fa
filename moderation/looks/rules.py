"""When looks agree, what a look weighs, and whose looks are trusted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LookKind(StrEnum):
    """What is looked at. ``audit``: a text whose right answer is known."""

    FIRST = "first"
    LATE = "late"
    SAMPLE = "sample"
    AUDIT = "audit"


class Opinion(StrEnum):
    """What somebody thinks of a text."""

    FINE = "fine"
    BAD = "bad"


ENOUGH = 2
"""Weight of one opinion that settles a case: two concordant looks, or one by a super-user."""

SUPER_USER = 5
WORDS_MOST = 300


def weight_of(rank: int) -> int:
    """What a look weighs."""
    return ENOUGH if rank >= SUPER_USER else 1


def outcome_of(fine: int, bad: int) -> Opinion | None:
    """What the looks say together; None while they do not say enough."""
    if bad >= ENOUGH and bad >= fine:
        return Opinion.BAD
    return Opinion.FINE if fine >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class Record:
    """Looks of somebody whose right answer is known by now."""

    known: int = 0
    right: int = 0

    @property
    def share(self) -> int | None:
        """Percent that were right; None without any."""
        return round(100 * self.right / self.known) if self.known else None


def is_trusted(record: Record, least_known: int, least_share: int) -> bool:
    """Whether somebody's looks go on counting: few are known, or enough of them were right."""
    return record.known < least_known or (record.share or 0) >= least_share


def is_audit(done_today: int, every: int) -> bool:
    """Whether the next text is one whose answer is known: the last of each ``every``; never with 0."""
    return every > 0 and done_today % every == every - 1
