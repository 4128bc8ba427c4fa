"""What the forms of duty send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from forum.questions.forms import as_id
from moderation.duty.rules import CELLS_MOST, Half, Shift, is_near


def cells(values: Iterable[str]) -> list[tuple[int, Shift]]:
    """The ticked half-days, each ``category:day:half``; what is not one is passed over."""
    found = set()
    for value in list(values)[: CELLS_MOST + 1]:
        number, _c, rest = value.partition(":")
        written, _c, half = rest.partition(":")
        category_id, day = as_id(number), _day(written)
        if category_id is not None and day is not None and half in set(Half):
            found.add((category_id, Shift(day, Half(half))))
    return sorted(found)


def day_of(value: str, today: date) -> date:
    """The day of the address, today when there is none or it is too far away."""
    found = _day(value)
    return found if found is not None and is_near(found, today) else today


def _day(value: str) -> date | None:
    if len(value) != 10 or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
