"""Reads of forecasts, shaped for their pages: the list, one with both worlds side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import i18n
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from moderation.escalation.rules import STAGES, Stage
from moderation.escalation.sla_rules import Metric
from moderation.forecast import drafts, running
from moderation.forecast.models import Forecast
from moderation.forecast.permissions import can_forecast
from moderation.forecast.rules import SHARES, State, needed
from moderation.routing.models import SupportTeam
from moderation.targets.desk.forms import METRIC_NAMES
from rewards.economics.rules import Bar, bars

SHOWN = 25
STAGE_NAMES: dict[Stage, Sentence] = {
    Stage.VISIBLE: _("First among the unanswered"), Stage.SUPER_USERS: _("Experienced members told"),
    Stage.STAFF: _("Passed to the team"), Stage.ASSIGNED: _("An agent is named"), Stage.WARNING: _("Warning before the promise"),
    Stage.BREACH: _("Promised reply missed"), Stage.OVERDUE: _("Managers told again"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A forecast in the list."""

    row: Forecast
    kind: Sentence
    title: str
    who: MemberCard | None


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage under the old and the new rules: how many came to it, how many members had answered before, and how many
    members answered afterwards anyway: within 1, 4, 24 hours, later, never."""

    name: Sentence
    old: dict[str, Any]
    new: dict[str, Any]

    @property
    def more(self) -> int:
        """How many more come to it."""
        return self.new["reached"] - self.old["reached"]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team: its cases, and the agents for each share of promises, under both."""

    name: str
    old: dict[str, Any]
    new: dict[str, Any]
    agents: tuple[tuple[int, int | None, int | None], ...]
    day: Chart | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Both rules by hour of the day: bars and figures."""

    bars: list[Bar]
    old: list[int]
    new: list[int]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A promise: kept, late and open under both; shares in percent."""

    name: Sentence
    old: list[int]
    new: list[int]

    @staticmethod
    def share(counts: list[int]) -> int | None:
        """What was kept of what was decided."""
        kept, late, _open = counts
        return round(100 * kept / (kept + late)) if kept + late else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A forecast for its page."""

    line: Line
    percent: int
    stages: tuple[StageRow, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    teams: tuple[TeamRow, ...] = ()
    hours: Chart | None = None
    minutes: int = 0
    stale: bool = False
    reason: str = ""


def lines(actor: Actor, after: str) -> Page[Line]:
    """Forecasts, the newest first."""
    require(can_forecast(actor))
    rows = list(db.session.scalars(keyset(select(Forecast), Forecast.begun_at, Forecast.id, after, SHOWN)))
    return page_of(_lines(rows), SHOWN, lambda one: (one.row.begun_at, one.row.id))


def _lines(rows: Iterable[Forecast]) -> list[Line]:
    rows = list(rows)
    people = cards(row.begun_by_id for row in rows)
    return [
        Line(row, _kind(row.kind), title_of(row), people.get(row.begun_by_id) if row.begun_by_id else None)
        for row in rows
    ]


def _kind(kind: str) -> Sentence:
    return drafts.KINDS[kind].name if kind in drafts.KINDS else _("Rules of a file")


def title_of(row: Forecast) -> str:
    """What was to be changed, by its name at the time."""
    return str(row.typed.get("title", [""])[0])


def show(actor: Actor, forecast_id: int) -> Shown:
    """One forecast. Raises NotFound."""
    require(can_forecast(actor))
    row = running.load(forecast_id)
    line = _lines([row])[0]
    percent = round(100 * row.done_count / row.total_count) if row.total_count else 0
    if row.state is not State.DONE:
        return Shown(line, min(99, percent))
    old, new = row.result["old"], row.result["new"]
    stages = tuple(StageRow(STAGE_NAMES[s], old["stages"][s.value], new["stages"][s.value]) for s in STAGES)
    metrics = tuple(
        MetricRow(METRIC_NAMES[m][0], old["metrics"][m.value], new["metrics"][m.value])
        for m in Metric
        if any(old["metrics"][m.value]) or any(new["metrics"][m.value])
    )
    hours = old["stages"][Stage.STAFF.value]["hours"], new["stages"][Stage.STAFF.value]["hours"]
    return Shown(
        line, 100, stages, metrics, _teams(old, new), _chart(*hours), row.result.get("minutes", 0),
        row.applied_at is None and not running.is_fresh(row), row.typed.get("reason", [""])[0],
    )  # fmt: skip


def _chart(old: list[int], new: list[int]) -> Chart:
    return Chart(bars([old, new]), old, new)


def _teams(old: dict[str, Any], new: dict[str, Any]) -> tuple[TeamRow, ...]:
    language = i18n.language()
    names = {str(one.id): one.name(language) for one in db.session.scalars(select(SupportTeam))}
    nothing = {"cases": 0, "hours": [0] * 24, "peers": [0] * 5}
    found = []
    for key in sorted({*old["teams"], *new["teams"]}, key=int):
        was, will = old["teams"].get(key, nothing), new["teams"].get(key, nothing)
        agents = tuple(
            (share, needed(old["agents"].get(key, ()), share), needed(new["agents"].get(key, ()), share))
            for share in SHARES
        )
        name = names.get(key, str(_("The team")))
        found.append(TeamRow(name, was, will, agents, _chart(was["hours"], will["hours"])))
    return tuple(found)
