"""Opening hours as people write them, read into a calendar: ``08:00-12:00, 13:00-20:00``, ``2026-12-24 closed``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from moderation.calendars.rules import (
    DAYS,
    MIDNIGHT,
    BadCalendar,
    Calendar,
    HolidaysOf,
    Opening,
    no_holidays,
)

SHUT = ("closed", "fermé", "ferme", "-")
_TIME = r"\d{1,2}(?:[h:]\d{0,2})?"
_SPAN = rf"{_TIME}\s*[-–]\s*{_TIME}"
_LINE = re.compile(
    rf"(?P<day>\S+)(?:\s+(?P<hours>(?:{'|'.join(SHUT[:3])})\b|-|{_SPAN}(?:\s*,\s*{_SPAN})*))?(?:\s+(?P<name>.*))?$",
    re.IGNORECASE,
)


def read_calendar(
    zone: str,
    week: Mapping[str, str],
    exceptions: Mapping[str, str] | None = None,
    holidays_of: HolidaysOf = no_holidays,
) -> Calendar:
    """A calendar from texts: ``{"mon": "08:00-12:00, 13:00-20:00"}`` and ``{"2026-12-24": "08:00-16:00"}``.

    An empty text or ``closed`` is a closed day; ``22:00-06:00`` passes midnight. Raises :class:`BadCalendar`.
    """
    unknown = set(week) - set(DAYS)
    if unknown:
        raise BadCalendar(f"unknown days: {', '.join(sorted(unknown))}")
    days: list[list[Opening]] = [[] for _day in DAYS]
    for number, name in enumerate(DAYS):
        for low, high in read_openings(week.get(name, "")):
            days[number].append((low, min(high, MIDNIGHT)))
            if high > MIDNIGHT:
                days[(number + 1) % 7].append((0, high - MIDNIGHT))
    special = {_read_day(day): read_exception(text) for day, text in (exceptions or {}).items()}
    return Calendar(zone, tuple(_merged(day) for day in days), holidays_of, special)


def read_exception(text: str) -> tuple[Opening, ...]:
    """The opening hours of one special day; it ends at midnight."""
    openings = read_openings(text)
    if any(high > MIDNIGHT for _low, high in openings):
        raise BadCalendar("a special day ends at midnight: write the rest on the next day")
    return _merged(openings)


def read_openings(text: str) -> list[Opening]:
    """``08:00-12:00, 13:00-20:00`` in minutes; the end may pass 1440 for an opening that passes midnight."""
    if text.strip().lower() in ("", "closed", "fermé", "ferme", "-"):
        return []
    return [_read_opening(part) for part in text.split(",")]


def _read_opening(text: str) -> Opening:
    low_text, dash, high_text = text.replace("–", "-").partition("-")
    if not dash:
        raise BadCalendar(f"write opening hours as 08:00-18:00, not {text.strip()!r}")
    low, high = _read_minute(low_text), _read_minute(high_text)
    if low >= MIDNIGHT or low == high:
        raise BadCalendar(f"this opening is empty: {text.strip()!r}")
    return (low, high if high > low else high + MIDNIGHT)


def _read_minute(text: str) -> int:
    hours, colon, minutes = text.strip().replace("h", ":").partition(":")
    minutes = minutes or ("00" if colon else "")
    if not (
        hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit() and len(minutes) == 2
    ):
        raise BadCalendar(f"write a time of day as 08:00, not {text.strip()!r}")
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > MIDNIGHT:
        raise BadCalendar(f"there is no such time of day: {text.strip()!r}")
    return minute


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadCalendar(f"write a date as 2026-12-24, not {text.strip()!r}") from error


def _merged(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    """Openings in order, those that touch or overlap as one."""
    merged: list[Opening] = []
    for low, high in sorted(openings):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def overlapping(week: Mapping[str, str]) -> list[str]:
    """The days whose hours overlap, those of a night that ends in the next morning included. Hours may touch."""
    spans = []
    for number, name in enumerate(DAYS):
        for low, high in read_openings(week.get(name, "")):
            spans.append((number * MIDNIGHT + low, number * MIDNIGHT + high, name))
    spans.sort()
    found = [two[2] for one, two in pairwise(spans) if two[0] < one[1]]
    if spans and spans[-1][1] - 7 * MIDNIGHT > spans[0][0]:
        found.append(spans[-1][2])
    return list(dict.fromkeys(found))


def read_special_day(line: str) -> tuple[str, str, str]:
    """``2026-12-24 08:00-16:00 Christmas Eve`` as day, hours and name; without hours it is closed. Raises BadCalendar."""
    found = _LINE.match(line.strip())
    if found is None:
        raise BadCalendar(f"write a special day as 2026-12-24 08:00-16:00, not {line.strip()!r}")
    day, hours = _read_day(found["day"]).isoformat(), (found["hours"] or "closed").strip()
    if hours.lower() in SHUT:
        hours = "closed"
    openings = read_openings(hours)
    read_exception(hours)
    if any(two[0] < one[1] for one, two in pairwise(sorted(openings))):
        raise BadCalendar(f"these hours overlap: {hours!r}")
    return day, hours, (found["name"] or "").strip()
