"""Sums of the figures that need no database: shares, hours and days of a period. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

PERIODS = (7, 30, 90)
"""Days a page looks back; none reads more than a quarter of a year of decisions."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What the address of a list asks for: a period, and a part of what is in it."""

    days: int
    klass: int | None = None
    who: int | None = None
    reason: str = ""
    hour: int | None = None
    day: date | None = None
    week: date | None = None

    @property
    def of_time(self) -> bool:
        """Whether it asks for certain hours only."""
        return (self.hour, self.day, self.week) != (None, None, None)

    def is_in(self, moment: datetime) -> bool:
        """Whether an hour, on the community's clock, is one of those asked for."""
        day = moment.date()
        return (
            (self.hour is None or moment.hour == self.hour)
            and (self.day is None or day == self.day)
            and (self.week is None or day - timedelta(days=day.weekday()) == self.week)
        )


def share(part: int, whole: int) -> int | None:
    """A part in percent; None when there is nothing to share."""
    return round(100 * part / whole) if whole else None


def local_hours(buckets: Mapping[str, int], zone: tzinfo) -> list[tuple[datetime, int]]:
    """Counts by hour of the world clock (``2026-03-01 14``) as moments of the community's own clock."""
    return [
        (datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC).astimezone(zone), count)
        for hour, count in buckets.items()
    ]


def by_hour(hours: Iterable[tuple[datetime, int]]) -> list[int]:
    """How many in each of the 24 hours of a day, all days together."""
    found = [0] * 24
    for moment, count in hours:
        found[moment.hour] += count
    return found


def by_day(hours: Iterable[tuple[datetime, int]], last: date, days: int) -> list[int]:
    """How many on each of the days up to the last."""
    found = {last - timedelta(days=back): 0 for back in range(days - 1, -1, -1)}
    for moment, count in hours:
        if moment.date() in found:
            found[moment.date()] += count
    return list(found.values())
