"""The whole page: figures, tables, and what the charts show of them. A fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from common import settings
from common.db import db
from common.i18n import _
from common.permissions import Actor, require
from moderation.dashboard import chart_rules, figures, reading, tables
from moderation.dashboard.campaigns import effects
from moderation.dashboard.models import OutcomeCount, QuestionOutcome
from moderation.dashboard.people import dependence, identification, newcomers, programme, trials
from moderation.dashboard.people import pyramid as who_helps
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import Scope, Sums, dates_of, dates_to_now
from moderation.dashboard.rules import ENOUGH_DAYS, Solver, Span, share
from moderation.dashboard.wording import Figure, Table
from moderation.dashboard.work import cases, promises, team
from moderation.dashboard.worth import asks as settled_asks
from moderation.dashboard.worth import guides, sparing

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
    """The page. ``tables`` by name; ``counted`` is None before the first night; ``experts`` are those of ``figures`` on their card."""

    scope: Scope
    span: Span
    counted: OutcomeCount | None
    trends: bool
    kpis: list[Kpi]
    figures: list[Figure]
    experts: list[Figure]
    tables: dict[str, Table]
    volume: chart_rules.Stacked | None
    ring: list[tuple[float, float]]
    heat: list[list[tuple[int, float]]]
    delays: chart_rules.Delays | None
    category_ids: list[int]
    goal: float
    asked: int

    @property
    def has_candidates(self) -> bool:
        """Whether somebody could be a super-user."""
        return any(one.name == "candidates" and one.value for one in self.experts)

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
    dates = dates_to_now(scope)
    period = dates.span
    oldest = db.session.scalar(select(func.min(QuestionOutcome.day)))
    was_dates = dates_of(period.before())
    compared = oldest is not None and was_dates.span.first >= oldest
    found = reading.read(scope, period)
    before = reading.read(scope, was_dates.span, with_steps=False).sums if compared else None
    guides.count(found, scope, dates)
    now, steps, asks = found.sums, found.steps, settled_asks.counted(scope, dates)
    was_rated = figures.together(figures.ratings(scope, was_dates)) if compared else None
    rated = figures.ratings(scope, dates)
    satisfied = figures.csat(figures.together(rated), was_rated)
    waiting, work, cost = (
        cases.count(scope, dates),
        team.read(scope, dates),
        sparing.programme_cost(scope, dates, now),
    )
    trends = oldest is not None and period.last - oldest + 1 >= ENOUGH_DAYS
    rests, (helping, pyramid) = dependence.dependence(scope, dates), who_helps.pyramid(scope)
    said = sparing.survey(dates)
    spared = sparing.sparing(now, waiting.opened, cost, said)
    experts = [*programme.programme(scope, dates, now, cost), *trials.trials(dates)]
    others = [
        *figures.more(now, before, asks), *spared[1:], satisfied[1], *rests.figures, *helping, *experts,
        *newcomers.newcomers(scope, dates), *promises.promises(scope, dates), *cases.figures(waiting), *team.figures(work, scope, dates),
    ]  # fmt: skip
    made = {one.name: one for one in (
        *tables.all_of(found, period, asks[0]), rests.table, identification.table(scope, dates, rests.wrote), pyramid, cases.table(waiting), *team.tables(work), *effects.tables(dates),
    )}  # fmt: skip
    asked = [one.asked for one in steps]
    solved = [[sum(one[by] for by in who) for one in steps] for who in ((Solver.EXPERT, Solver.MEMBER), (Solver.TEAM,))]  # fmt: skip
    top = [*figures.main(now, before), spared[0], satisfied[0]]
    return Overview(
        scope, period, last_count(), trends, _kpis(top, steps, rated, said) if trends else _kpis(top, [], [], said), others, experts, made,
        chart_rules.stacked(asked, solved), chart_rules.arcs([row[1] for row in made["solvers"].rows]), _heat(tables.hours(found)),
        chart_rules.delays([row[1] for row in made["moderation"].rows], [row[2] for row in made["moderation"].rows], team.goal_seconds()),
        [number for number, _one in tables.by_category(found)], settings.get("dashboard.goal_percent") / 100, now.asked,
    )  # fmt: skip


def _kpis(
    top: list[Figure], steps: list[Sums], rated: list[figures.Ratings], said: sparing.Survey
) -> list[Kpi]:
    lines: dict[str, list[float | None]] = {
        "asked": [one.asked for one in steps],
        "solved": [share(one.done, one.asked) for one in steps],
        "first-reply": [figures.median(one.first) for one in steps],
        "unanswered-day": [share(*figures.unanswered(one)) for one in steps],
        "csat": figures.satisfied(rated),
        "avoided": [sum(sparing.ends(one, said)) / 2 for one in steps],
    }
    return [Kpi(one, chart_rules.spark(lines.get(one.name, []))) for one in top]


def _heat(cells: list[list[int]]) -> list[list[tuple[int, float]]]:
    most = max(max(row) for row in cells)
    return [[(one, chart_rules.opacity(one, most)) for one in row] for row in cells]
