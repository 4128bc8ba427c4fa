"""Somebody's half-days as a calendar file (RFC 5545), for the calendar they use anyway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from common.i18n import day_begins
from moderation.duty.rules import Shift, hours_of

_LINE = 73


def calendar(
    title: str, shifts: Iterable[tuple[Shift, str]], hours: tuple[int, int, int], made_at: datetime
) -> str:
    """The file. Each half-day of a category is an event with a lasting identity."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fourmi//Duty//EN",
        f"X-WR-CALNAME:{_escaped(title)}",
    ]
    for shift, category in shifts:
        begins, ends = hours_of(shift, *hours)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{shift.day:%Y%m%d}-{shift.half.value}-{_plain(category)}@fourmi",
            f"DTSTAMP:{_moment(made_at)}",
            f"DTSTART:{_moment(_at(shift, begins))}",
            f"DTEND:{_moment(_at(shift, ends))}",
            f"SUMMARY:{_escaped(f'{title}: {category}')}",
            "END:VEVENT",
        ]
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _at(shift: Shift, hour: int) -> datetime:
    """An hour of a day on the community's clock, across a change of the clock as well; 24 is the next midnight."""
    day = shift.day + timedelta(days=hour // 24)
    zone = day_begins(day).tzinfo
    return datetime.combine(day, time(hour % 24), tzinfo=zone)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _plain(words: str) -> str:
    return words.encode("utf-8").hex()[:24]


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets, continued with a blank."""
    parts, current = [], ""
    for character in line:
        if len((current + character).encode()) > _LINE:
            parts.append(current)
            current = " "
        current += character
    return [*parts, current]
