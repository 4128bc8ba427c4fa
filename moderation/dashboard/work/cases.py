"""What waits at the team's, and how many days of work that is (domain/escalation.md §C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select

from common import clock
from common.db import db
from common.i18n import _
from moderation.dashboard.reading import OUTCOME, Dates, Scope
from moderation.dashboard.wording import Figure, Table, Unit
from moderation.escalation.models import Case
from moderation.escalation.rules import OPEN

CLOSURES = timedelta(days=28)
AGES = (1, 3, 7, 30)
"""Days where the bands of the age of open cases end."""
AGE_NAMES = (_("under a day"), _("1 to 3 days"), _("3 to 7 days"), _("7 to 30 days"), _("over 30 days"))
_case = Case.__table__
_c = _case.c


def about(query: Any, scope: Scope, *criteria: Any) -> Select[Any]:
    """From cases of questions that count."""
    return query.select_from(_case.join(OUTCOME, OUTCOME.c.question_id == _c.question_id)).where(*scope.criteria(), *criteria)  # fmt: skip


def is_open(band: int | None = None) -> tuple[Any, ...]:
    """The criteria on cases: open, and as old as a band of ``AGES``."""
    if band is None:
        return (_c.state.in_(OPEN),)
    edges = [clock.now() - timedelta(days=days) for days in AGES]
    older = () if band == 0 else (_c.opened_at <= edges[band - 1],)
    younger = () if band == len(AGES) else (_c.opened_at > edges[band],)
    return _c.state.in_(OPEN), *older, *younger


def closed() -> Any:
    """The criterion on cases: closed in the last four weeks."""
    return _c.ended_at >= clock.now() - CLOSURES


def opened(dates: Dates) -> tuple[Any, ...]:
    """The criteria on cases: opened in a period."""
    return _c.opened_at >= dates.since, _c.opened_at < dates.until


@dataclass(frozen=True, slots=True)
class Cases:
    """How many are open, by band of age; closed in the last four weeks; opened in the period."""

    ages: list[int]
    closed: int
    opened: int


def count(scope: Scope, dates: Dates) -> Cases:
    """Count them. One statement."""
    sums = [func.count().filter(*is_open(band)) for band in range(len(AGES) + 1)]
    sums += [func.count().filter(closed()), func.count().filter(*opened(dates))]
    row = db.session.execute(about(select(*sums), scope)).one()
    return Cases(list(row[:-2]), row[-2], row[-1])


def figures(found: Cases) -> list[Figure]:
    """How much waits at the team's, and how many days of work that is."""
    waits = sum(found.ages)
    days = waits / (found.closed / CLOSURES.days) if found.closed else None
    return [
        Figure("backlog", _("Open cases"), Unit.COUNT, waits, _("Cases of the team that are open now, whenever they began."), "cases"),
        Figure("backlog-days", _("Days of work that wait"), Unit.DAYS, days, _("Open cases divided by the cases closed on a day, on average of the last 28 days; the list has those."), "cases-closed", listed=found.closed),
    ]  # fmt: skip


def table(found: Cases) -> Table:
    """Open cases by age."""
    return Table(
        "backlog", _("Open cases by age"), _("Cases of the team that are open now, by the time since they began."),
        (_("Age"), _("Cases")), (Unit.COUNT,), list(zip(AGE_NAMES, found.ages, strict=True)),
        whats=tuple(f"cases-{band}" for band in range(len(AGE_NAMES))),
    )  # fmt: skip
