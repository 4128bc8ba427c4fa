"""Reads what the dashboard adds up: counts and times of a period, by bar and category, in one statement."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, case, cast, extract, func, or_, select

from common import clock, i18n
from common.db import db, on_postgresql
from moderation.dashboard.models import QuestionOutcome
from moderation.dashboard.rules import DAY, MINUTE, PERIODS, Rung, Solver, Span, span_to
from moderation.dashboard.wording import day_of

OUTCOME = QuestionOutcome.__table__
_c = OUTCOME.c
WINDOWS = {
    "answered-day": (DAY, _c.first_seconds), "answered-week": (7 * DAY, _c.first_seconds),
    "solved-week": (7 * DAY, _c.solved_seconds), "solved-month": (30 * DAY, _c.solved_seconds),
}  # fmt: skip
"""Shares of questions whose window is over: how long it is, and what must have come within it."""
_TIMES: dict[str, Any] = {
    "first": _c.first_seconds, "members": _c.members_seconds, "team": _c.team_seconds, "work": _c.first_work_seconds,
    "members-work": _c.members_work_seconds, "team-work": _c.team_work_seconds,
    "held": _c.held_seconds, "cell": _c.cell, "no-first": case((_c.first_seconds.is_(None), _c.asked_epoch)),
    "no-members": case((_c.members_seconds.is_(None), _c.asked_epoch)),
    "no-team": case((_c.team_seconds.is_(None), _c.asked_epoch)),
}  # fmt: skip
"""What is read one by one; the last three are when those were asked who still wait."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page shows: the last so many days, of one category and language or of all. Lists of questions also: of one hour of
    the week (``cell``), of one bar of the charts (``bar``, its first day); those of answers: of one member."""

    days: int = PERIODS[0]
    category_id: int | None = None
    language: str | None = None
    cell: int | None = None
    bar: int | None = None
    member_id: int | None = None

    def criteria(self) -> list[Any]:
        """Its filters as criteria on outcomes."""
        made = [] if self.category_id is None else [_c.category_id == self.category_id]
        made += [] if self.cell is None else [_c.cell == self.cell]
        if self.bar is not None:
            made += [_c.day >= self.bar, _c.day < self.bar + Span(0, self.days).step]
        return made if self.language is None else [*made, _c.language == self.language]


@dataclass(frozen=True, slots=True)
class Dates:
    """A period in days, and as moments on the community's clock."""

    span: Span
    since: datetime
    until: datetime


def dates_of(span: Span) -> Dates:
    """From the beginning of its first day to the end of its last."""
    since, until = (i18n.day_begins(day_of(day)) for day in (span.first, span.last + 1))
    return Dates(span, since, until)


def dates_to_now(scope: Scope) -> Dates:
    """The period of a page, up to today on the community's clock."""
    return dates_of(span_to(i18n.local(clock.now()).toordinal(), scope.days))


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
    team: Times = field(default_factory=Times)
    work: list[int] = field(default_factory=list)
    members_work: list[int] = field(default_factory=list)
    team_work: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def add(self, found: dict[str, list[int]], now: int) -> None:
        """Take up the times of a group, by the names of ``_TIMES``."""
        for times, name in ((self.first, "first"), (self.members, "members"), (self.team, "team")):
            times.ended += found[name]
            times.waiting += [max(0, now - asked) for asked in found[f"no-{name}"]]
        for own, name in zip(self._alone(), ("work", "members-work", "team-work", "held"), strict=True):
            own += found[name]

    def _alone(self) -> tuple[list[int], ...]:
        """The times of which only those are known that came."""
        return self.work, self.members_work, self.team_work, self.held

    def in_order(self) -> None:
        """Put the times in their order, once for all who ask for a part of them."""
        for times in (self.first, self.members, self.team):
            times.ended.sort()
            times.waiting.sort()
        for own in self._alone():
            own.sort()

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
    """A period added up: together, by bar, by category, and how many were asked in each hour of the week."""

    sums: Sums
    steps: list[Sums]
    categories: dict[int, Sums]
    cells: Counter[int]


def _counted() -> dict[str, Any]:
    """What is counted, by name."""
    count = func.count()
    made: dict[str, Any] = {
        "asked": count, "answered": func.count(_c.first_seconds), "team-first": count.filter(_c.first_by_team),
        "instant": count.filter(_c.first_seconds <= 5 * MINUTE), "presumed": count.filter(_c.presumed),
        "reopened": count.filter(_c.reopened), "was-solved": count.filter(or_(_c.reopened, _c.solved_by.is_not(None))), "was-held": func.count(_c.held_seconds), "team-answered": func.count(_c.team_seconds),
        "members-answered": func.count(_c.members_seconds), "spared": count.filter(*without_team()),
        "views": func.coalesce(func.sum(_c.views).filter(_c.solved_by.is_not(None)), 0),
    }  # fmt: skip
    made |= {one.value: count.filter(_c.solved_by == one) for one in Solver}
    made |= {one.value: count.filter(_c.rung == one) for one in Rung}
    for name in WINDOWS:
        over, within = window(name)
        made |= {name: count.filter(over, within), f"{name}-over": count.filter(over)}
    return made


def without_team() -> tuple[ColumnElement[bool], ...]:
    """That members solved a question, and its asker had no private talk with the team on the topic."""
    return _c.solved_by.in_((Solver.EXPERT, Solver.MEMBER)), _c.talked.is_(False)


def window(name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a window of ``WINDOWS`` is over, and that it came within it."""
    length, seconds = WINDOWS[name]
    return _c.asked_epoch <= int(clock.now().timestamp()) - length, seconds <= length


def read(scope: Scope, span: Span, with_steps: bool = True) -> Period:
    """Add up a period, its times with it: of each group the database writes them as one text, which is read many times
    faster than so many rows. One statement."""
    made = Period(Sums(), [Sums() for _start in span.starts] if with_steps else [], {}, Counter())
    counted, place = _counted(), ((_c.day - span.first) // span.step).label("bar")
    times = {name: numbers_of(column) for name, column in _TIMES.items()}
    rows = db.session.execute(
        select(place, _c.category_id, *counted.values(), *times.values())
        .where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())
        .group_by("bar", _c.category_id)
    )
    now = int(clock.now().timestamp())
    for bar, category_id, *values in rows:
        groups = [made.sums, made.categories.setdefault(category_id, Sums())]
        found = {name: read_numbers(text) for name, text in zip(times, values[len(counted) :], strict=True)}
        for one in [*groups, made.steps[bar]] if with_steps else groups:
            for name, value in zip(counted, values, strict=False):
                one.counts[name] = one.counts.get(name, 0) + value
        for one in [made.sums, made.steps[bar]] if with_steps else [made.sums]:
            one.add(found, now)
        made.cells.update(found["cell"])
    made.sums.in_order()
    return made


def bar_of(moment: Any, span: Span) -> Any:
    """Which bar a moment belongs to: by its hours since the period began, on the community's clock but for summer time."""
    begins = i18n.day_begins(day_of(span.first))
    length = span.step * DAY
    if on_postgresql():
        return cast(func.floor(extract("epoch", moment - begins) / length), Integer)
    return (cast(func.strftime("%s", moment), Integer) - int(begins.timestamp())) // length


def numbers_of(column: Any) -> Any:
    """Of each group, all values of a column of whole numbers as one text; see :func:`read_numbers`."""
    return func.aggregate_strings(cast(column, Text), ",")


def read_numbers(text: str | None) -> list[int]:
    """The numbers of such a text: a list as JSON has it, which is read faster than one by one."""
    return json.loads(f"[{text}]") if text else []
