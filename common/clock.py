"""The only clock. Everything that asks for the time asks here, so that a test can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC) + _offset


def travel(to: datetime | timedelta) -> datetime:
    """Stop the clock at a moment, or move a stopped (or running) clock by a duration. For tests and replays."""
    global _frozen
    _frozen = to.astimezone(UTC) if isinstance(to, datetime) else now() + to
    return _frozen


def run_from(moment: datetime | None) -> None:
    """Let the clock run on from another moment than the real one (None: from that), so that tests find the same at any hour."""
    global _offset
    _offset = moment - datetime.now(UTC) if moment else timedelta(0)


def reset() -> None:
    """Let a stopped clock run again."""
    global _frozen
    _frozen = None
