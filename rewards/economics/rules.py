"""Sums that need no database: how unequal points are shared, and the bars of the chart. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

PERIODS = (30, 90, 365)
WIDTH, HEIGHT, BASE = 640, 150, 120


def gini(values: Iterable[int]) -> float | None:
    """The Gini coefficient of what members earned: 0 when all have the same, near 1 when one has everything. None for
    nobody. Negative sums count as nothing."""
    sorted_ = sorted(max(0, value) for value in values)
    total, count = sum(sorted_), len(sorted_)
    if not count or not total:
        return None
    weighted = sum(place * value for place, value in enumerate(sorted_, start=1))
    return (2 * weighted) / (count * total) - (count + 1) / count


def per(cost: int, count: int) -> int | None:
    """Cost of one, in minor units; None when there is none to divide by."""
    return round(cost / count) if count else None


def months_back(last: date, count: int) -> list[date]:
    """The first days of the last so many months, the oldest first."""
    index = last.year * 12 + last.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(index - count + 1, index + 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart, in its own units."""

    x: float
    y: int
    width: float
    height: int
    series: int


def bars(series: Sequence[Sequence[int]]) -> list[Bar]:
    """Bars side by side, month by month, for series of the same length; the tallest fills the height."""
    most = max((value for one in series for value in one), default=0)
    if not most:
        return []
    slot = WIDTH / len(series[0])
    width = slot * 0.8 / len(series)
    return [
        Bar(
            round(place * slot + slot * 0.1 + number * width, 1),
            BASE - tall,
            round(width - 1, 1),
            tall,
            number,
        )
        for number, one in enumerate(series)
        for place, value in enumerate(one)
        if (tall := round(max(0, value) / most * (BASE - 8)))
    ]


def by_month(months: Sequence[date], sums: Mapping[date, int]) -> list[int]:
    """Sums of days as sums of months."""
    found = dict.fromkeys(months, 0)
    for day, value in sums.items():
        first = day.replace(day=1)
        if first in found:
            found[first] += value
    return [found[month] for month in months]
