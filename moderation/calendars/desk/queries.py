"""Reads of calendars, shaped for their pages: the list, the picture of a week, what comes, what would be due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from accounts.notifications.rules import is_zone
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _
from moderation.calendars import contents
from moderation.calendars.desk.forms import DAY_NAMES
from moderation.calendars.holidays import named
from moderation.calendars.keeping import Draft, ensure
from moderation.calendars.models import ALWAYS, WorkCalendar
from moderation.calendars.rules import DAYS, BadCalendar, Calendar, Opening
from moderation.escalation.rules import PRIORITIES, Priority
from moderation.escalation.sla_rules import Metric
from moderation.targets import choosing

COMING = 14
PRIORITY_NAMES: dict[Priority, Sentence] = {
    Priority.URGENT: _("Urgent"), Priority.HIGH: _("High"), Priority.NORMAL: _("Normal"), Priority.LOW: _("Low"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A calendar in the list."""

    id: int
    name: str
    key: str | None
    zone: str
    zone_known: bool
    is_open: bool
    opens: str
    minutes: int


@dataclass(frozen=True, slots=True)
class DayPicture:
    """One day: its name, its openings as (from, length) of 1440 minutes, and in words."""

    name: str
    bars: tuple[tuple[int, int], ...]
    hours: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When a first reply would be due."""

    priority: Sentence
    minutes: int
    due: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What a calendar means: its week, the two weeks that come, what would be due if somebody asked at a moment."""

    week: tuple[DayPicture, ...]
    coming: tuple[DayPicture, ...]
    asked: str
    dues: tuple[Due, ...]
    holidays: tuple[tuple[str, str], ...]


def rows() -> list[WorkCalendar]:
    """The calendars in use, the usual one first."""
    ensure()
    query = select(WorkCalendar).where(WorkCalendar.retired_at.is_(None))
    return sorted(db.session.scalars(query), key=lambda row: (row.key is None, row.key == ALWAYS, row.name))


def lines() -> list[Line]:
    """They as a list; now in the words of each one's own zone."""
    now = clock.now()
    found = []
    for row in rows():
        calendar = contents.to_count_with(contents.content_of(row))
        is_open = calendar.is_open(now)
        minutes = sum(high - low for day in calendar.week for low, high in day)
        opens = "" if is_open else in_words(_opens(calendar, now), calendar.zone)
        found.append(Line(row.id, row.name, row.key, row.zone, is_zone(row.zone), is_open, opens, minutes))
    return found


def _opens(calendar: Calendar, now: datetime) -> datetime:
    try:
        return calendar.opens_at(now)
    except BadCalendar:  # closed by special days for more than a year
        return now


def vanished() -> list[str]:
    """Calendars in use whose time zone this machine does not know."""
    return [f"{row.name} ({row.zone})" for row in rows() if not is_zone(row.zone)]


def picture(draft: Draft, asked_at: datetime) -> Picture | None:
    """What a draft means; None when it cannot be read."""
    try:
        calendar = contents.read(contents.content_of(WorkCalendar(**draft.as_values())))
        dues = _dues(calendar, asked_at)
    except BadCalendar:
        return None
    today = clock.now().astimezone(ZoneInfo(calendar.zone)).date()
    holidays = _holidays(draft, today.year) | _holidays(draft, today.year + 1)
    names = holidays | {date.fromisoformat(day): name for day, (_hours, name) in draft.days.items()}
    return Picture(
        week=tuple(_day(str(DAY_NAMES[key]), calendar.week[n]) for n, key in enumerate(DAYS)),
        coming=tuple(
            _day(_date(day), calendar.openings(day), names.get(day, ""))
            for day in (today + timedelta(days=n) for n in range(COMING))
        ),
        asked=in_words(asked_at, calendar.zone),
        dues=dues,
        holidays=tuple(
            (i18n.date_in_words(day), name) for day, name in holidays.items() if today <= day < today + timedelta(days=366)
        ),
    )  # fmt: skip


def _holidays(draft: Draft, year: int) -> dict[date, str]:
    return named(year, i18n.language()) if draft.holidays == "FR" else {}


def _dues(calendar: Calendar, asked_at: datetime) -> tuple[Due, ...]:
    usual = choosing.in_order()[-1]
    first = choosing.goals_of(usual.id)[Metric.FIRST_REPLY_ANY].minutes
    found = []
    for priority in PRIORITIES:
        minutes = first[priority]
        due = calendar.add(asked_at, timedelta(minutes=minutes))
        found.append(Due(PRIORITY_NAMES[priority], minutes, in_words(due, calendar.zone)))
    return tuple(found)


def _day(name: str, openings: tuple[Opening, ...], why: str = "") -> DayPicture:
    hours = ", ".join(f"{_minute(low)}–{_minute(high)}" for low, high in openings)
    return DayPicture(
        name, tuple((low, high - low) for low, high in openings), hours or str(_("closed")), why
    )


def _minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _date(day: date) -> str:
    return str(
        _("%(weekday)s, %(date)s", weekday=DAY_NAMES[DAYS[day.weekday()]], date=i18n.date_in_words(day))
    )


def in_words(moment: datetime, zone: str) -> str:
    """« Monday, 28 December 2026, 09:30 » on the calendar's own clock."""
    there = moment.astimezone(ZoneInfo(zone))
    return str(_("%(day)s, %(time)s", day=_date(there.date()), time=f"{there:%H:%M}"))
