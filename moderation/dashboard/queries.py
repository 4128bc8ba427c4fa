"""The whole page: figures, tables, and what the charts show of them. A fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from common import i18n, settings
from common.db import db
from common.i18n import _
from common.permissions import Actor, require
from moderation.dashboard import chart_rules, figures, people, reading, tables
from moderation.dashboard.campaigns import effects
from moderation.dashboard.lists import span
from moderation.dashboard.models import OutcomeCount, QuestionOutcome
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import Scope, Sums
from moderation.dashboard.rules import ENOUGH_DAYS, Solver, Span, share
from moderation.dashboard.wording import Figure, Table, day_of

settings.define(
    "dashboard.goal_percent", 90, unit="%", low=1, high=100,
    help=_("The share of solved questions that each category should reach: the mark on the dashboard."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure at the top, with a small line of how it went."""

    figure: Figure
    spark: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The page. ``tables`` by name; ``counted`` is None before the first night."""

    scope: Scope
    span: Span
    counted: OutcomeCount | None
    trends: bool
    kpis: list[Kpi]
    figures: list[Figure]
    tables: dict[str, Table]
    volume: chart_rules.Stacked | None
    ring: list[tuple[float, float]]
    heat: list[list[tuple[int, float]]]
    category_ids: list[int]
    goal: float
    asked: int

    @property
    def all_figures(self) -> list[Figure]:
        """Those at the top, and the others."""
        return [one.figure for one in self.kpis] + self.figures


def last_count() -> OutcomeCount | None:
    """When all questions were counted last."""
    return db.session.get(OutcomeCount, 1)


def overview(actor: Actor, scope: Scope) -> Overview:
    """All figures of a period, with those of as many days before."""
    require(can_see_dashboard(actor))
    period = span(scope)
    oldest = db.session.scalar(select(func.min(QuestionOutcome.day)))
    compared = oldest is not None and period.before().first >= oldest
    found, cells = reading.read(scope, period), reading.cells(scope, period)
    before = reading.read(scope, period.before(), with_steps=False).sums if compared else None
    now, steps = found.sums, found.steps
    since, until = (i18n.day_begins(day_of(day)) for day in (period.first, period.last + 1))
    was_since = i18n.day_begins(day_of(period.before().first))
    rated = figures.ratings(since, until, scope)
    was_rated = figures.ratings(was_since, since, scope) if compared else None
    satisfied = figures.csat(rated, was_rated)
    ages, closed = figures.backlog(scope)
    trends = oldest is not None and period.last - oldest + 1 >= ENOUGH_DAYS
    rests, spared = people.dependence(since, until, scope), people.avoided(scope, period)
    work, work_since = people.team(since)
    others = [
        *figures.more(now, before), spared[1], satisfied[1], *rests.figures, *people.newcomers(since, until, scope, period),
        *figures.promises(since, until, scope), *figures.of_backlog(ages, closed), *people.of_team(work_since, work),
    ]  # fmt: skip
    made = tables.all_of(found, period, cells, ages) | {
        "experts": rests.table,
        "team": work,
        "campaigns": effects.table(since, until),
    }
    asked = [one.asked for one in steps]
    solved = [[sum(one[by] for by in who) for one in steps] for who in ((Solver.EXPERT, Solver.MEMBER), (Solver.TEAM,))]  # fmt: skip
    return Overview(
        scope, period, last_count(), trends, _kpis([*figures.main(now, before), spared[0], satisfied[0]], steps if trends else []),
        others, made, chart_rules.stacked(asked, solved), chart_rules.arcs([row[1] for row in made["solvers"].rows]),
        _heat(cells), [number for number, _one in tables.by_category(found)], settings.get("dashboard.goal_percent") / 100, now.asked,
    )  # fmt: skip


def _kpis(top: list[Figure], steps: list[Sums]) -> list[Kpi]:
    lines: dict[str, list[float | None]] = {
        "asked": [one.asked for one in steps],
        "solved": [share(one.done, one.asked) for one in steps],
        "first-reply": [figures.median(one.first) for one in steps],
        "unanswered-day": [share(*figures.unanswered(one)) for one in steps],
    }
    return [Kpi(one, chart_rules.spark(lines.get(one.name, []))) for one in top]


def _heat(cells: list[list[int]]) -> list[list[tuple[int, float]]]:
    most = max(max(row) for row in cells)
    return [[(one, chart_rules.opacity(one, most)) for one in row] for row in cells]
