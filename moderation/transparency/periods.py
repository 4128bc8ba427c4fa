"""What falls into the period of a report, and how long something took."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from common.quantiles import median
from moderation.transparency.rules import Period


def span(period: Period) -> tuple[datetime, datetime]:
    """From the first moment of a period to the first one after it."""
    first = datetime.combine(period.first, time(), UTC)
    return first, datetime.combine(period.last, time(), UTC) + timedelta(days=1)


def within(period: Period, column: Any) -> tuple[Any, Any]:
    """The criteria of a moment in a period."""
    first, after = span(period)
    return column >= first, column < after


def median_hours(spans: list[float]) -> float:
    """The median of spans in seconds, as hours with one decimal."""
    return round((median(spans) or 0) / 3600, 1)
