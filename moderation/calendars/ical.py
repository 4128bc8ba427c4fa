"""Closed days from a calendar file (RFC 5545): the small part that lists of holidays use, read strictly.

Read are events of whole days (``DTSTART;VALUE=DATE``), their end (not included) and their repetition every year. Events
with a time of day say nothing about a closed day and are counted as left out. Whatever else is odd refuses the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from common.i18n import _

LONGEST_FILE = 256 * 1024
MOST_EVENTS = 1_000
MOST_DAYS = 800
LONGEST_EVENT = timedelta(days=31)
NAME_MAX = 80


class BadFile(ValueError):
    """The text is no calendar file, or one beyond the limits; the message is a sentence for who sent it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The days of a file with their names, in order, and how many events were left out."""

    days: dict[date, str]
    left_out: int = 0


def read_days(text: str, first: date, last: date) -> Taken:
    """The closed days of a file between two days. Raises BadFile."""
    if len(text.encode()) > LONGEST_FILE:
        raise BadFile(_("The file is too long."))
    lines = _unfolded(text)
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR" or lines[-1].upper() != "END:VCALENDAR":
        raise BadFile(_("This is no calendar file."))
    found: dict[date, str] = {}
    events, left_out = _events(lines), 0
    for event in events:
        if not _is_whole_day(event):
            left_out += 1
            continue
        for day in _days(event, first, last):
            found.setdefault(day, _plain(event.get("SUMMARY", ("", ""))[1])[:NAME_MAX])
            if len(found) > MOST_DAYS:
                raise BadFile(_("The file names too many days."))
    return Taken(dict(sorted(found.items())), left_out)


Event = dict[str, tuple[str, str]]
"""Properties by name: parameters and value, both as written."""


def _unfolded(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += line[1:]
        elif line.strip():
            lines.append(line.rstrip())
    return lines


def _events(lines: list[str]) -> list[Event]:
    events: list[Event] = []
    inside: list[str] = []
    for line in lines:
        name, parameters, value = _property(line)
        if name == "BEGIN":
            inside.append(value.upper())
            if inside[-1] == "VEVENT":
                events.append({})
                if len(events) > MOST_EVENTS:
                    raise BadFile(_("The file has too many events."))
        elif name == "END":
            if not inside or inside.pop() != value.upper():
                raise BadFile(_("The parts of the file do not end where they should."))
        elif inside and inside[-1] == "VEVENT":
            events[-1].setdefault(name, (parameters, value))
    if inside:
        raise BadFile(_("The file ends too early."))
    return events


def _property(line: str) -> tuple[str, str, str]:
    quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            name, _dot, parameters = line[:place].partition(";")
            return name.upper(), parameters.upper(), line[place + 1 :]
    raise BadFile(_("This line is no property: “%(text)s”.", text=line[:40]))


def _is_whole_day(event: Event) -> bool:
    parameters, value = event.get("DTSTART", ("", ""))
    if not value:
        raise BadFile(_("An event has no beginning."))
    return "VALUE=DATE" in parameters.split(";") or len(value) == 8


def _days(event: Event, first: date, last: date) -> list[date]:
    begin = _date(event["DTSTART"][1])
    length = timedelta(days=1)
    if "DTEND" in event:
        length = _date(event["DTEND"][1]) - begin
    elif "DURATION" in event:
        length = _duration(event["DURATION"][1])
    if not timedelta(0) < length <= LONGEST_EVENT:
        raise BadFile(_("An event ends before it begins, or lasts for more than a month."))
    begins = _every_year(begin, event["RRULE"][1], last) if "RRULE" in event else [begin]
    days = [one + timedelta(days=n) for one in begins for n in range(length.days)]
    return [day for day in days if first <= day <= last]


def _every_year(begin: date, rule: str, last: date) -> list[date]:
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    if parts.pop("FREQ", "") != "YEARLY" or set(parts) - {"INTERVAL", "COUNT", "UNTIL", "WKST"}:
        raise BadFile(_("This repetition is not understood: “%(text)s”.", text=rule[:60]))
    step, count = _whole(parts.get("INTERVAL", "1")), _whole(parts.get("COUNT", "9999"))
    until = min(last, _date(parts["UNTIL"][:8])) if "UNTIL" in parts else last
    found = []
    for n in range(min(count, 400)):
        year = begin.year + n * step
        if year > until.year:
            break
        try:
            day = begin.replace(year=year)
        except ValueError:  # 29 February
            continue
        if day <= until:
            found.append(day)
    return found


def _date(text: str) -> date:
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        raise BadFile(_("This is no date: “%(text)s”.", text=text[:20]))
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise BadFile(_("There is no such day: “%(text)s”.", text=text)) from error


def _duration(text: str) -> timedelta:
    number, unit = text[1:-1], text[-1:]
    if (
        text[:1] != "P"
        or unit not in ("D", "W")
        or not number.isascii()
        or not number.isdigit()
        or len(number) > 3
    ):
        raise BadFile(_("This is no length in days: “%(text)s”.", text=text[:20]))
    return timedelta(days=int(number) * (7 if unit == "W" else 1))


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) < 1:
        raise BadFile(_("This is no number: “%(text)s”.", text=text[:20]))
    return int(text)


def _plain(text: str) -> str:
    for written, meant in (("\\n", " "), ("\\N", " "), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
        text = text.replace(written, meant)
    return " ".join(text.split())
