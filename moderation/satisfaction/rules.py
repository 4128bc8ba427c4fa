"""When a customer is asked what they thought, and what they can say. Pure. Source: domain/escalation.md §C3 (CSAT), §C6."""

from __future__ import annotations

from datetime import datetime, timedelta

SCORES = (1, 2, 3, 4, 5)
COMMENT_MOST = 1_000
HAPPY = 4
"""A score from which somebody counts as satisfied."""
SHOWN_FROM = 20
"""Fewer ratings are not shown as a share."""


def is_open(asked_at: datetime | None, now: datetime, window: timedelta) -> bool:
    """Whether somebody may still answer."""
    return asked_at is not None and now <= asked_at + window


def share(happy: int, rated: int) -> float | None:
    """(ratings 4–5)/ratings; hidden below twenty."""
    return happy / rated if rated >= SHOWN_FROM else None
