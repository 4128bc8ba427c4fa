"""Working time: when the team is there, and what a delay in working minutes means on the clock.

Pure: a calendar is a value, every moment is an argument (aware) and every answer is in UTC.
Source: domain/escalation.md §C1.3. Clock changes are handled by converting the local edges of each day's opening to
UTC; an opening that passes midnight is split there, so that a closed day closes both of its parts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.notifications.rules import is_zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
LONGEST_CLOSURE = timedelta(days=400)
A_YEAR = timedelta(days=366)
FAR = timedelta(days=20 * 366)
ZERO = timedelta(0)

Opening = tuple[int, int]
"""From and to, in minutes after local midnight, ``0 <= from < to <= 1440``."""
Span = tuple[datetime, datetime]
Pause = tuple[datetime, datetime | None]
"""A time that does not count; ``None``: it still lasts."""
HolidaysOf = Callable[[int], Iterable[date]]


def no_holidays(_year: int) -> tuple[date, ...]:
    """A calendar that knows no public holiday."""
    return ()


class BadCalendar(ValueError):
    """The text of a calendar does not describe one; the message is English, for a log or a test."""


class UnknownZone(BadCalendar):
    """The time zone is none, or this machine does not know it any more."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours of a week in one time zone, public holidays (closed) and exceptions (which win over both)."""

    zone: str
    week: tuple[tuple[Opening, ...], ...]
    holidays_of: HolidaysOf = no_holidays
    exceptions: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)
    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, repr=False, compare=False)
    _holidays: dict[int, frozenset[date]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise BadCalendar("a calendar needs at least one opening in the week")
        if not is_zone(self.zone):
            raise UnknownZone(f"unknown time zone {self.zone}")

    def openings(self, day: date) -> tuple[Opening, ...]:
        """The opening hours of one day: the exception, else nothing on a holiday, else those of the weekday."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if self.is_holiday(day) else self.week[day.weekday()]

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday (it may be open all the same, by an exception)."""
        if day.year not in self._holidays:
            self._holidays[day.year] = frozenset(self.holidays_of(day.year))
        return day in self._holidays[day.year]

    def stays_shut(self, first: date) -> bool:
        """Whether special days leave it closed for more than a year from a day on: nothing could be counted by it."""
        if not self.exceptions:
            return False
        opened, length = first, max(self.exceptions) - first
        for number in range(min(length, FAR).days + 1):
            day = first + timedelta(days=number)
            opened = day if self.openings(day) else opened
            if day - opened > A_YEAR:
                return True
        return False

    def spans(self, day: date) -> tuple[Span, ...]:
        """The day's openings as moments in UTC."""
        known = self._spans.get(day)
        if known is None:
            known = tuple(
                (start, end)
                for low, high in self.openings(day)
                if (start := self._moment(day, low)) < (end := self._moment(day, high))
            )
            self._spans[day] = known
        return known

    def _moment(self, day: date, minute: int) -> datetime:
        """A local time of day in UTC. The first of a doubled hour; the moment of change for a skipped one."""
        day, minute = day + timedelta(days=minute // MIDNIGHT), minute % MIDNIGHT
        zone = ZoneInfo(self.zone)
        local = datetime.combine(day, time(minute // 60, minute % 60), zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return moment
        return _change_between(local.replace(fold=1).astimezone(UTC), moment, zone)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody of the team is there at this moment (the closing moment itself counts as closed)."""
        return any(start <= at < end for start, end in self.spans(self._day(at)))

    def opens_at(self, at: datetime) -> datetime:
        """This moment when open, else the next opening."""
        for start, end in self._from(at):
            return max(start, at) if end > at else start
        raise AssertionError  # pragma: no cover - _from raises before

    def add(self, start: datetime, worked: timedelta) -> datetime:
        """The earliest moment at which this much working time has passed since ``start``. Nothing to wait: at once."""
        if worked < ZERO:
            raise ValueError("working time cannot be negative")
        if worked == ZERO:
            return start.astimezone(UTC)
        for opened, closed in self._from(start):
            opened = max(opened, start)
            if closed - opened >= worked:
                return opened + worked
            worked -= closed - opened
        raise AssertionError  # pragma: no cover - _from raises before

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; zero when the second is not later."""
        total, day, last = ZERO, self._day(start), self._day(end)
        while day <= last and start < end:
            for opened, closed in self.spans(day):
                total += max(ZERO, min(closed, end) - max(opened, start))
            day += timedelta(days=1)
        return total

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def _from(self, at: datetime) -> Iterable[Span]:
        """Openings that end after a moment, in order; refuses to search for ever where an exception list shuts all."""
        day, last_open = self._day(at), at
        while True:
            for span in self.spans(day):
                if span[1] > at:
                    last_open = span[1]
                    yield span
            day += timedelta(days=1)
            if datetime.combine(day, time(), UTC) - last_open > LONGEST_CLOSURE:
                raise BadCalendar("this calendar does not open for more than a year")


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The moment the clocks change between two moments an hour or so apart, to the minute."""
    before = early.astimezone(zone).utcoffset()
    minutes = range(int((late - early).total_seconds() // 60) + 1)
    changed = bisect_right(
        minutes, 0, key=lambda n: (early + timedelta(minutes=n)).astimezone(zone).utcoffset() != before
    )
    return early + timedelta(minutes=changed)


def due_at(
    calendar: Calendar, start: datetime, target: timedelta, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """When a target of working time runs out, pauses not counted; ``None`` while a pause lasts that comes before."""
    left, at = target, start
    for began, ended in sorted(pauses, key=lambda pause: pause[0]):
        worked = calendar.between(at, began)
        if worked >= left:
            return calendar.add(at, left)
        left -= worked
        if ended is None:
            return None
        at = max(at, began, ended)
    return calendar.add(at, left)


def worked(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """The working time between two moments, pauses not counted."""
    total, at = ZERO, start
    for began, ended in sorted(pauses, key=lambda pause: pause[0]):
        total += calendar.between(at, min(began, end))
        if ended is None:
            return total
        at = max(at, began, ended)
    return total + calendar.between(at, end)


def always_open(zone: str = "UTC") -> Calendar:
    """Community time: day and night, every day of the year."""
    return Calendar(zone, (((0, MIDNIGHT),),) * 7)
