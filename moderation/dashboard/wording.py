"""A figure and a table of the dashboard, and how they are said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from common.i18n import Sentence, _, duration, money, number

NONE = "–"


class Unit(StrEnum):
    """What a figure is in."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    DAYS = "days"
    MEAN = "mean"
    MONEY = "cents"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it is, what it was in the period before (None where that is not known), the list behind it (a name
    of ``listing.known``), how many lines that has (``listed``: where not said, the part of a share, or what is counted) or the
    page that shows it. ``rises``: whether more of it is better, None where neither is. ``span``: an estimate lies between the
    two."""

    name: str
    label: Sentence
    unit: Unit
    value: float | None
    definition: Sentence
    what: str = ""
    of: tuple[int, int] | None = None
    before: float | None = None
    rises: bool | None = None
    span: tuple[float, float] | None = None
    listed: int | None = None

    @property
    def lines(self) -> int:
        """How many lines the list behind it has."""
        if self.listed is not None:
            return self.listed
        return self.of[0] if self.of else int(self.value or 0)

    @property
    def text(self) -> str:
        """Its value in words."""
        return said(self.unit, self.value)

    @property
    def between(self) -> str:
        """Of an estimate: the two ends."""
        if self.span is None:
            return ""
        low, high = (said(self.unit, one) for one in self.span)
        return str(_("between %(low)s and %(high)s", low=low, high=high))

    @property
    def change(self) -> str:
        """How it differs from the period before; empty where nothing can be said."""
        if self.value is None or self.before is None:
            return ""
        more = self.value - self.before
        if self.unit is Unit.SHARE:
            return str(_("%(change)s points", change=signed(round(100 * more, 1))))
        if self.unit is Unit.SECONDS:
            return f"{_sign(more)}\u00a0{duration(abs(more) / 60)}"
        if self.unit is Unit.MONEY:
            return f"{_sign(more)} {money(round(abs(more)))}"
        return f"{signed(round(100 * more / self.before))}\u00a0%" if self.before else ""

    @property
    def better(self) -> bool | None:
        """Whether it became better; None where it did not change or neither way is better."""
        if self.rises is None or self.value is None or self.before is None or self.value == self.before:
            return None
        return (self.value > self.before) == self.rises


Behind = tuple[str, dict[str, int]]
"""A list, and what narrows it further in its address."""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows: the same for the page, the spreadsheet and JSON. ``units`` of its columns after the first. ``whats``:
    the list behind the first figure of each row, where it has one; ``cells``: of every figure of each row, its list and by what
    its address narrows it."""

    name: str
    title: Sentence
    definition: Sentence
    heads: tuple[Sentence | str, ...]
    units: tuple[Unit, ...]
    rows: list[tuple[Any, ...]]
    whats: tuple[str, ...] = ()
    cells: tuple[tuple[Behind | None, ...], ...] = ()

    def behind(self, row: int, cell: int) -> Behind | None:
        """The list behind a figure; None where it has none, or nothing stands in it."""
        if self.cells:
            return self.cells[row][cell] if self.rows[row][1 + cell] else None
        return (self.whats[row], {}) if self.whats and cell == 0 else None

    def shown(self) -> list[tuple[Any, ...]]:
        """Its rows in words."""
        return [
            (row[0], *(said(unit, one) for unit, one in zip(self.units, row[1:], strict=True)))
            for row in self.rows
        ]


def said(unit: Unit, value: float | None) -> str:
    """A value in words."""
    if value is None:
        return NONE
    if unit is Unit.SHARE:
        return f"{number(round(100 * value, 1))}\u00a0%"
    if unit is Unit.SECONDS:
        return duration(value / 60)
    if unit is Unit.MONEY:
        return money(round(value))
    return number(round(value, 1) if unit in (Unit.DAYS, Unit.MEAN) else round(value))


def signed(value: float) -> str:
    """A change with its sign."""
    return f"{_sign(value)}\u00a0{number(abs(value))}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"


def day_of(ordinal: int) -> date:
    """A day of the outcomes as a date."""
    return date.fromordinal(ordinal)
