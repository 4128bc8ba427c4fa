"""Reads of forecasts, shaped for their pages: the list, one with both worlds side by side, its figures as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import i18n
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _, n_, number
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from moderation.escalation.rules import STAGES, Stage
from moderation.escalation.sla_rules import Metric
from moderation.forecast import drafts, running
from moderation.forecast.models import Forecast
from moderation.forecast.permissions import can_forecast
from moderation.forecast.rules import HOURS, SHARES, TOLD_SHARE, State, needed
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
    """A team: its cases, the agents for each share of promises, and how long cases wait for one, under both."""

    name: str
    old: dict[str, Any]
    new: dict[str, Any]
    agents: tuple[tuple[int, int | None, int | None], ...]
    desk: tuple[dict[str, int | None], dict[str, int | None]]
    day: Chart | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Both rules by hour of the day: bars and figures, and the highest of them."""

    bars: list[Bar]
    old: list[int]
    new: list[int]

    @property
    def most(self) -> int:
        """The height of the tallest bar."""
        return max(*self.old, *self.new)


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
    says: tuple[Sentence, ...] = ()


class Row(NamedTuple):
    """A figure of a forecast, for a file: without the change and with it."""

    part: str
    name: str
    figure: str
    now: int | None
    changed: int | None


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
    stale = row.applied_at is None and not running.is_fresh(row)
    reason = row.typed.get("reason", [""])[0]
    if row.state is not State.DONE:
        return Shown(line, min(99, percent), stale=stale, reason=reason)
    old, new = row.result["old"], row.result["new"]
    stages = tuple(StageRow(STAGE_NAMES[s], old["stages"][s.value], new["stages"][s.value]) for s in STAGES)
    metrics = tuple(
        MetricRow(METRIC_NAMES[m][0], old["metrics"][m.value], new["metrics"][m.value])
        for m in Metric
        if any(old["metrics"][m.value]) or any(new["metrics"][m.value])
    )
    hours = old["stages"][Stage.STAFF.value]["hours"], new["stages"][Stage.STAFF.value]["hours"]
    teams = _teams(row)
    return Shown(
        line, 100, stages, metrics, teams, _chart(*hours), row.result.get("minutes", 0), stale, reason,
        tuple(_told(stages, metrics, teams)),
    )  # fmt: skip


def _chart(old: list[int], new: list[int]) -> Chart:
    return Chart(bars([old, new]), old, new)


def _teams(row: Forecast) -> tuple[TeamRow, ...]:
    old, new, language = row.result["old"], row.result["new"], i18n.language()
    names = {
        str(one["id"]): one["names"][language == "en"]
        for rules in (row.old, row.new) for one in rules["teams"] if "names" in one
    }  # fmt: skip
    nothing = {"cases": 0, "hours": [0] * 24, "peers": [0] * 5}
    found = []
    for key in sorted({*old["teams"], *new["teams"]}, key=int):
        was, will = old["teams"].get(key, nothing), new["teams"].get(key, nothing)
        agents = tuple(
            (share, needed(old["agents"].get(key, ()), share), needed(new["agents"].get(key, ()), share))
            for share in SHARES
        )
        name = names.get(key, str(_("The team")))
        desk = _desk(old, key), _desk(new, key)
        found.append(TeamRow(name, was, will, agents, desk, _chart(was["hours"], will["hours"])))
    return tuple(found)


def _desk(side: Mapping[str, Any], team: str) -> dict[str, int | None]:
    """Who waited for an agent in a team; forecasts of before do not know."""
    nothing = dict.fromkeys(WAITS, 0) | {"half": None, "most_of": None}
    return {**nothing, **side.get("desk", {}).get(team, {})}


# --- what it comes to -------------------------------------------------------------------------------------------------


def _told(
    stages: Iterable[StageRow], metrics: Iterable[MetricRow], teams: Sequence[TeamRow]
) -> Iterator[Sentence]:
    """What the change comes to, the weightiest first: cases, who has them, the steps before, promises, agents."""
    by = dict(zip(STAGES, stages, strict=True))
    staff = by[Stage.STAFF]
    said = [
        _of_cases(staff),
        *_of_teams(teams, staff.more),
        *_of_steps(by),
        *_of_promises(metrics),
        *_of_agents(teams),
        *_of_waits(teams),
    ]
    yield from (one for one in said if one is not None)
    if all(one is None for one in said):
        yield _("Nothing would have gone otherwise.")


def _of_cases(row: StageRow) -> Sentence | None:
    was, will = row.old["reached"], row.new["reached"]
    if will > was:
        anyway = sum(row.new["peers"][:-1]) - sum(row.old["peers"][:-1])
        if anyway > 0:
            return n_(
                "%(count)s more question would have come to the team (%(will)s instead of %(was)s); members answered %(anyway)s of them anyway.",
                "%(count)s more questions would have come to the team (%(will)s instead of %(was)s); members answered %(anyway)s of them anyway.",
                will - was, will=number(will), was=number(was), anyway=number(min(anyway, will - was)),
            )  # fmt: skip
        return n_(
            "%(count)s more question would have come to the team (%(will)s instead of %(was)s).",
            "%(count)s more questions would have come to the team (%(will)s instead of %(was)s).",
            will - was, will=number(will), was=number(was),
        )  # fmt: skip
    if will < was:
        return n_(
            "%(count)s question less would have come to the team (%(will)s instead of %(was)s).",
            "%(count)s questions less would have come to the team (%(will)s instead of %(was)s).",
            was - will, will=number(will), was=number(was),
        )  # fmt: skip
    moved = sum(abs(one - other) for one, other in zip(row.old["hours"], row.new["hours"], strict=True)) // 2
    if moved:
        return n_(
            "As many questions would have come to the team, %(count)s of them at another hour.",
            "As many questions would have come to the team, %(count)s of them at another hour.",
            moved,
        )
    return None


def _of_teams(teams: Sequence[TeamRow], more: int) -> Iterator[Sentence | None]:
    moved = sum(abs(one.new["cases"] - one.old["cases"]) for one in teams) - abs(more)
    if moved > 0:
        yield n_("%(count)s case goes to another team.", "%(count)s cases go to another team.", moved // 2)


def _of_steps(by: Mapping[Stage, StageRow]) -> Iterator[Sentence | None]:
    for stage in (Stage.VISIBLE, Stage.SUPER_USERS, Stage.BREACH):
        if by[stage].more:
            yield _("%(step)s: %(will)s instead of %(was)s.", step=STAGE_NAMES[stage], will=number(by[stage].new["reached"]),
                    was=number(by[stage].old["reached"]))  # fmt: skip


def _of_promises(metrics: Iterable[MetricRow]) -> Iterator[Sentence | None]:
    for row in metrics:
        was, will = row.share(row.old), row.share(row.new)
        if was is not None and will is not None and was != will:
            yield _(
                "%(promise)s: %(will)s %% in time instead of %(was)s %%.",
                promise=row.name,
                will=will,
                was=was,
            )


def _of_agents(teams: Iterable[TeamRow]) -> Iterator[Sentence | None]:
    for team in teams:
        was, will = next((old, new) for share, old, new in team.agents if share == TOLD_SHARE)
        if was is not None and will is not None and was != will:
            yield n_(
                "%(team)s: %(count)s agent instead of %(was)s to keep %(share)s %% of its promises.",
                "%(team)s: %(count)s agents instead of %(was)s to keep %(share)s %% of its promises.",
                will, team=team.name, was=was, share=TOLD_SHARE,
            )  # fmt: skip


def _of_waits(teams: Iterable[TeamRow]) -> Iterator[Sentence | None]:
    for team in teams:
        was, will = (one["never"] or 0 for one in team.desk)
        if was != will:
            yield n_(
                "%(team)s: %(count)s case finds no agent in time, instead of %(was)s.",
                "%(team)s: %(count)s cases find no agent in time, instead of %(was)s.",
                will, team=team.name, was=number(was),
            )  # fmt: skip
            continue
        was, will = (one["most_of"] for one in team.desk)  # type: ignore[assignment]
        if was is not None and will is not None and was != will:
            yield n_(
                "%(team)s: nine in ten cases have an agent within %(count)s minute instead of %(was)s.",
                "%(team)s: nine in ten cases have an agent within %(count)s minutes instead of %(was)s.",
                will, team=team.name, was=number(was),
            )  # fmt: skip


# --- for a file -------------------------------------------------------------------------------------------------------

WAITS = {
    "wanted": "agent_wanted", "at_once": "agent_at_once", "never": "agent_never", "half": "agent_wait_half_minutes",
    "most_of": "agent_wait_nine_in_ten_minutes", "queue": "agent_waiting_at_most",
}  # fmt: skip
AFTER = (
    "answered_within_1_h",
    "answered_within_4_h",
    "answered_within_24_h",
    "answered_later",
    "not_answered",
)


def rows(actor: Actor, forecast_id: int) -> list[Row]:
    """Every figure of a forecast. Raises NotFound; of one that is not ready there is none."""
    require(can_forecast(actor))
    row = running.load(forecast_id)
    if row.state is not State.DONE:
        raise NotFound()
    old, new = row.result["old"], row.result["new"]
    found = [Row("all", "", "questions", old["questions"], new["questions"])]
    for stage in STAGES:
        was, will = old["stages"][stage.value], new["stages"][stage.value]
        found += [Row("stage", stage.value, name, was[name], will[name]) for name in ("reached", "before")]
        found += _both("stage", stage.value, was, will)
    for metric in Metric:
        pairs = zip(("kept", "late", "open"), old["metrics"][metric], new["metrics"][metric], strict=True)
        found += [Row("promise", metric.value, *pair) for pair in pairs]
    for team in _teams(row):
        found.append(Row("team", team.name, "cases", team.old["cases"], team.new["cases"]))
        found += [
            Row("team", team.name, f"agents_for_{share}_percent", was, will)
            for share, was, will in team.agents
        ]
        found += [
            Row("team", team.name, name, *(one[key] for one in team.desk)) for key, name in WAITS.items()
        ]
        found += _both("team", team.name, team.old, team.new)
    return found


def _both(part: str, name: str, old: Mapping[str, list[int]], new: Mapping[str, list[int]]) -> Iterator[Row]:
    for at, figure in enumerate(AFTER):
        yield Row(part, name, figure, old["peers"][at], new["peers"][at])
    for hour in range(HOURS):
        yield Row(part, name, f"at_{hour:02}_h", old["hours"][hour], new["hours"][hour])
