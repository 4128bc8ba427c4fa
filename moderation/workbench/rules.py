"""Who is at a case, and up to where somebody has read it. Pure. Source: domain/escalation.md §C3, invariant 69."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=30)


class Doing(StrEnum):
    """What somebody does with a case."""

    VIEWING = "viewing"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Seen:
    """Up to where somebody has read a case: the last line of its timeline, note, and moment of the thread."""

    event_id: int
    note_id: int
    published: int

    def __str__(self) -> str:
        return f"{self.event_id}.{self.note_id}.{self.published}"

    @classmethod
    def of(cls, text: str | None) -> Seen | None:
        """Read from a form; None for anything else."""
        parts = (text or "").split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
            return None
        seen = cls(*map(int, parts))
        known = max(seen.event_id, seen.note_id) <= EVERYTHING.event_id and seen.published <= LAST_MOMENT
        return seen if known else None


def micros(moment: datetime | None) -> int:
    """A moment as a number that sorts."""
    return int(moment.timestamp() * 1_000_000) if moment else 0


LAST_MOMENT = micros(datetime(9999, 1, 1, tzinfo=UTC))
"""What a form tells that is later than that is no moment."""
EVERYTHING = Seen(2**31 - 1, 2**31 - 1, 0)
"""Every line and note was read, and nothing of the thread; the largest numbers both databases know."""
NOTHING_SEEN = Seen(0, 0, 0)
"""What a form tells that does not say what was seen: everything is new."""
