"""Days as index terms: a year, a month and a day each, so that a span of years is a handful of terms. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

FIRST, LAST = date(1995, 1, 1), date(2099, 12, 31)
"""Nothing is asked before or after; open ends of a span stop here."""


def marks_of(day: date) -> tuple[str, str, str]:
    """The terms of one day."""
    return f"y{day:%Y}", f"m{day:%Y%m}", f"d{day:%Y%m%d}"


def marks_between(since: date | None, until: date | None) -> tuple[str, ...]:
    """The fewest terms that cover the days from one to the other, both included; none when there is no such day."""
    return tuple(_covering(max(since or FIRST, FIRST), min(until or LAST, LAST)))


def _covering(day: date, last: date) -> Iterator[str]:
    while day <= last:
        year_end, month_end = date(day.year, 12, 31), _month_end(day)
        if day.day == 1 and day.month == 1 and year_end <= last:
            yield f"y{day:%Y}"
            day = year_end
        elif day.day == 1 and month_end <= last:
            yield f"m{day:%Y%m}"
            day = month_end
        else:
            yield f"d{day:%Y%m%d}"
        day += timedelta(days=1)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
