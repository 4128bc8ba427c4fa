"""Reads what the dashboard adds up: the outcomes of a period in one statement, summed in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from common import clock
from common.db import db
from moderation.dashboard.models import QuestionOutcome
from moderation.dashboard.rules import PERIODS, Solver, Span, seconds

_c = QuestionOutcome.__table__.c
_COLUMNS = (
    _c.day, _c.asked_at, _c.cell, _c.category_id, _c.first_seconds, _c.first_work_seconds, _c.first_by_team,
    _c.members_seconds, _c.team_seconds, _c.solved_seconds, _c.solved_by, _c.presumed, _c.reopened, _c.rung, _c.held_seconds,
)  # fmt: skip


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
class Sums:
    """What became of the questions of a period. Pairs are an age in seconds, and the seconds until something came."""

    asked: int = 0
    first: list[tuple[int, int | None]] = field(default_factory=list)
    solved: list[tuple[int, int | None]] = field(default_factory=list)
    members: list[tuple[int, int | None]] = field(default_factory=list)
    team: list[int] = field(default_factory=list)
    work: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    team_first: int = 0
    solvers: dict[Solver, int] = field(default_factory=dict)
    presumed: int = 0
    reopened: int = 0
    rungs: dict[Any, int] = field(default_factory=dict)

    def add(self, row: Any, now: datetime) -> None:
        """One more question."""
        age = seconds(row.asked_at, now)
        self.asked += 1
        self.first.append((age, row.first_seconds))
        self.members.append((age, row.members_seconds))
        self.solved.append((age, row.solved_seconds))
        if row.solved_by is not None:
            self.solvers[row.solved_by] = self.solvers.get(row.solved_by, 0) + 1
        if row.first_seconds is not None:
            self.work.append(row.first_work_seconds)
            self.rungs[row.rung] = self.rungs.get(row.rung, 0) + 1
            self.team_first += row.first_by_team
        if row.team_seconds is not None:
            self.team.append(row.team_seconds)
        if row.held_seconds:
            self.held.append(row.held_seconds)
        self.presumed += row.presumed
        self.reopened += row.reopened

    @property
    def answered(self) -> int:
        """Questions with a valid answer."""
        return sum(1 for _age, time in self.first if time is not None)

    @property
    def done(self) -> int:
        """Questions that are solved."""
        return sum(1 for _age, time in self.solved if time is not None)


def rows(scope: Scope, span: Span) -> Sequence[Any]:
    """The outcomes of a period. One statement."""
    query = select(*_COLUMNS).where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())
    return db.session.execute(query).all()


def summed(found: Sequence[Any]) -> Sums:
    """All of them together."""
    now, made = clock.now(), Sums()
    for row in found:
        made.add(row, now)
    return made


def by_step(found: Sequence[Any], span: Span) -> list[Sums]:
    """The same for each bar of the period."""
    now, made = clock.now(), [Sums() for _start in span.starts]
    for row in found:
        made[span.place(row.day)].add(row, now)
    return made
