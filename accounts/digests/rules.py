"""Whose digest is due in which hour, and which hours a late worker catches up. Pure.

Source: design/UX.md §6; domain/invariants.md 64 (a late scheduler catches up).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.notifications.rules import Night, Rhythm, digest_due

HOUR = timedelta(hours=1)
MOST_SLOTS = 24
"""Hours that are caught up at most: an older digest is no news."""
TICK = timedelta(microseconds=1)


def slot_of(moment: datetime) -> datetime:
    """The beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def due_in(slot: datetime, rhythm: Rhythm, zone: str, night: Night) -> datetime | None:
    """The moment within this hour when a digest of this rhythm leaves, or None. Zones of half hours have theirs too."""
    due = digest_due(rhythm, slot - TICK, zone, night)
    return due if due is not None and due < slot + HOUR else None


def slots_to_build(now: datetime, latest: datetime | None) -> list[datetime]:
    """The hours to build at ``now``: the coming one, so that digests are ready before they are due, and those that
    were missed since the latest."""
    coming = slot_of(now) + HOUR
    first = coming if latest is None else max(latest + HOUR, coming - HOUR * (MOST_SLOTS - 1))
    count = int((coming - first) / HOUR) + 1
    return [first + HOUR * number for number in range(max(0, count))]
