"""Half-days and weeks on the community's own clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WEEK = 7
AHEAD = 53
"""Weeks one can plan ahead, and look back."""

CELLS_MOST = 400
WORDS_MOST = 2_000
REMEMBERED = timedelta(days=14)


class Half(StrEnum):
    """A half of a day."""

    MORNING = "am"
    AFTERNOON = "pm"


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A half-day of one day."""

    day: date
    half: Half


def monday_of(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def shift_at(moment: datetime, noon: int) -> Shift:
    """The half-day of a moment, which is on the community's clock."""
    return Shift(moment.date(), Half.MORNING if moment.hour < noon else Half.AFTERNOON)


def shift_after(shift: Shift) -> Shift:
    """The half-day that follows."""
    if shift.half == Half.MORNING:
        return Shift(shift.day, Half.AFTERNOON)
    return Shift(shift.day + timedelta(days=1), Half.MORNING)


def shifts_of(monday: date) -> list[Shift]:
    """The fourteen half-days of a week."""
    return [Shift(monday + timedelta(days=number), half) for number in range(WEEK) for half in Half]


def is_near(day: date, today: date) -> bool:
    """Whether a day lies within what is planned: not long gone, not far ahead."""
    return abs((monday_of(day) - monday_of(today)).days) <= AHEAD * WEEK


def hours_of(shift: Shift, begins: int, noon: int, ends: int) -> tuple[int, int]:
    """From which hour to which somebody is there, for a calendar."""
    return (begins, noon) if shift.half == Half.MORNING else (noon, ends)
