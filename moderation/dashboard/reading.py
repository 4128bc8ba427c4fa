"""Reads what the dashboard adds up. Counts are made by the database, by bar and category; of times the numbers alone are
read. Three statements for a period, whatever its length."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select

from common import clock
from common.db import db
from moderation.dashboard.models import QuestionOutcome
from moderation.dashboard.rules import DAY, MINUTE, PERIODS, Rung, Solver, Span

OUTCOME = QuestionOutcome.__table__
_c = OUTCOME.c
WINDOWS = {
    "answered-day": (DAY, _c.first_seconds), "answered-week": (7 * DAY, _c.first_seconds),
    "solved-week": (7 * DAY, _c.solved_seconds), "solved-month": (30 * DAY, _c.solved_seconds),
}  # fmt: skip
"""Shares of questions whose window is over: how long it is, and what must have come within it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page shows: the last so many days, of one category and language or of all."""

    days: int = PERIODS[0]
    category_id: int | None = None
    language: str | None = None

    def criteria(self) -> list[Any]:
        """Its filters as criteria on outcomes."""
        made = [] if self.category_id is None else [_c.category_id == self.category_id]
        return made if self.language is None else [*made, _c.language == self.language]


@dataclass(slots=True)
class Times:
    """Seconds until something came, and how long those have waited to whom it did not come."""

    ended: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Sums:
    """What became of the questions of a period, or of one bar of it."""

    counts: dict[str, int] = field(default_factory=dict)
    first: Times = field(default_factory=Times)
    members: Times = field(default_factory=Times)
    team: list[int] = field(default_factory=list)
    work: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def asked(self) -> int:
        """Questions."""
        return self["asked"]

    @property
    def done(self) -> int:
        """Questions that are solved."""
        return sum(self[one] for one in Solver)

    def window(self, name: str) -> tuple[int, int]:
        """How many had it within a window of ``WINDOWS``, of those whose window is over."""
        return self[name], self[f"{name}-over"]


@dataclass(frozen=True, slots=True)
class Period:
    """A period added up: together, by bar, by category, and by hour of the week."""

    sums: Sums
    steps: list[Sums]
    categories: dict[int, Sums]


def _counted() -> dict[str, Any]:
    """What is counted, by name."""
    count = func.count()
    made: dict[str, Any] = {
        "asked": count, "answered": func.count(_c.first_seconds), "team-first": count.filter(_c.first_by_team),
        "instant": count.filter(_c.first_seconds <= 5 * MINUTE), "presumed": count.filter(_c.presumed),
        "reopened": count.filter(_c.reopened),
    }  # fmt: skip
    made |= {one.value: count.filter(_c.solved_by == one) for one in Solver}
    made |= {one.value: count.filter(_c.rung == one) for one in Rung}
    for name in WINDOWS:
        over, within = window(name)
        made |= {name: count.filter(over, within), f"{name}-over": count.filter(over)}
    return made


def window(name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a window of ``WINDOWS`` is over, and that it came within it."""
    length, seconds = WINDOWS[name]
    return _c.asked_epoch <= int(clock.now().timestamp()) - length, seconds <= length


def read(scope: Scope, span: Span, with_steps: bool = True) -> Period:
    """Add up a period. Two statements."""
    steps = [Sums() for _start in span.starts] if with_steps else []
    made = Period(Sums(), steps, {})
    counted, place = _counted(), ((_c.day - span.first) // span.step).label("bar")
    rows = db.session.execute(
        select(place, _c.category_id, *counted.values())
        .where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())
        .group_by("bar", _c.category_id)
    )
    for bar, category_id, *values in rows:
        groups = [made.sums, made.categories.setdefault(category_id, Sums())]
        for one in [*groups, steps[bar]] if with_steps else groups:
            for name, value in zip(counted, values, strict=True):
                one.counts[name] = one.counts.get(name, 0) + value
    _read_times(scope, span, place, made)
    return made


def _read_times(scope: Scope, span: Span, place: Any, made: Period) -> None:
    query = select(
        place, _c.asked_epoch, _c.first_seconds, _c.members_seconds, _c.team_seconds, _c.first_work_seconds, _c.held_seconds
    ).where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())  # fmt: skip
    rows, now = db.session.execute(query).all(), int(clock.now().timestamp())
    sums = made.sums
    sums.first, sums.members = _times(rows, 2, now), _times(rows, 3, now)
    sums.team, sums.work, sums.held = (_known(rows, number) for number in (4, 5, 6))
    if made.steps:
        by_bar: list[list[Any]] = [[] for _step in made.steps]
        for row in rows:
            by_bar[row[0]].append(row)
        for step, ones in zip(made.steps, by_bar, strict=True):
            step.first = _times(ones, 2, now)


def _times(rows: Sequence[Any], number: int, now: int) -> Times:
    return Times(_known(rows, number), [max(0, now - row[1]) for row in rows if row[number] is None])


def _known(rows: Iterable[Any], number: int) -> list[int]:
    return sorted(value for value in map(operator.itemgetter(number), rows) if value is not None)


def cells(scope: Scope, span: Span) -> list[list[int]]:
    """How many were asked in each hour of the week. One statement."""
    made = [[0] * 24 for _day in range(7)]
    query = select(_c.cell, func.count()).where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())
    for cell, count in db.session.execute(query.group_by(_c.cell)):
        made[cell // 24][cell % 24] = count
    return made
