"""How much one member may receive in a civil year. Pure. Source: domain/rewards.md §A6 (thresholds of the house, not of
the law)."""

from __future__ import annotations

from datetime import date


def bounds(year: int) -> tuple[date, date]:
    """The first day of a civil year, and of the next."""
    return date(year, 1, 1), date(year + 1, 1, 1)


def fits(received: int, promised: int, more: int, stop: int) -> bool:
    """Whether there is room for something of this value. What is promised counts, so that the stop holds whenever it is
    used; what is worth nothing always fits. A stop of 0 is none."""
    return more <= 0 or stop <= 0 or received + promised + more <= stop


def alarming(received: int, alert: int) -> bool:
    """Whether managers are told."""
    return 0 < alert <= received
