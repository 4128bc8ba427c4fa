"""What a played question adds to the figures: its stages, its team and hour, what members did anyway, promises kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from moderation.escalation.rules import STAGES, Stage
from moderation.escalation.sla_rules import Metric, Standing
from moderation.forecast.assignment import turns
from moderation.forecast.cycles import Cycle
from moderation.forecast.rules import HOURS, LATER, Work
from moderation.forecast.ruleset import Rules
from moderation.forecast.story import Story

Counts = dict[str, Any]
KEPT, LATE, OPEN = 0, 1, 2
_STANDS = {Standing.MET: KEPT, Standing.MISSED: LATE, Standing.BREACHED: LATE}


def empty() -> Counts:
    """Figures of nothing. ``peers``: a member answered within 1, 4, 24 hours after it, later, never."""
    return {
        "questions": 0, "cycles": 0, "kept_from_team": {},
        "stages": {stage.value: {"reached": 0, "before": 0, "hours": [0] * HOURS, "peers": _peers()} for stage in STAGES},
        "metrics": {metric.value: [0, 0, 0] for metric in Metric},
        "teams": {}, "work": {}, "cases": [],
    }  # fmt: skip


def _peers() -> list[int]:
    return [0] * (len(LATER) + 2)


def count(
    into: Counts, story: Story, cycles: Iterable[Cycle], rules: Rules, since: datetime, zone: tzinfo
) -> None:
    """Add a question. Hours are those of the community's clock; cases go into ``work`` as working minutes of their team."""
    into["questions"] += 1
    for cycle in cycles:
        into["cycles"] += 1
        helped = first_peer(story, cycle)
        for stage in STAGES:
            _count_stage(into["stages"][stage.value], cycle, stage, helped, zone)
        for (metric, _number), reading in cycle.readings.items():
            if reading.standing is not Standing.CANCELLED:
                into["metrics"][metric.value][_STANDS.get(reading.standing, OPEN)] += 1
        if cycle.skip_cause is not None:
            into["kept_from_team"][cycle.skip_cause] = into["kept_from_team"].get(cycle.skip_cause, 0) + 1
        if cycle.opened_at is not None:
            _count_case(into, story, cycle, cycle.opened_at, rules, since, helped, zone)
            into["cases"].append(turns.case_of(story, cycle))


def first_peer(story: Story, cycle: Cycle) -> datetime | None:
    """When a member first answered in a cycle."""
    end = cycle.end
    return next(
        (one.at for one in story.answers if not one.reply.by_staff and one.at >= cycle.start and (end is None or one.at < end)), None
    )  # fmt: skip


def after(stage_at: datetime, helped: datetime | None) -> int:
    """How long after a stage a member answered: the place in ``peers``."""
    if helped is None or helped < stage_at:
        return len(LATER) + 1
    hours = (helped - stage_at) / timedelta(hours=1)
    return next((place for place, within in enumerate(LATER) if hours <= within), len(LATER))


def _count_stage(into: Counts, cycle: Cycle, stage: Stage, helped: datetime | None, zone: tzinfo) -> None:
    found = cycle.stages.get(stage)
    if found is None:
        into["before"] += helped is not None
        return
    due, seen = found
    into["reached"] += 1
    into["hours"][due.astimezone(zone).hour] += 1
    into["peers"][after(seen, helped)] += 1


def _count_case(
    into: Counts, story: Story, cycle: Cycle, opened: datetime, rules: Rules, since: datetime, helped: datetime | None,
    zone: tzinfo,
) -> None:  # fmt: skip
    key = str(cycle.team_id or 0)
    team = into["teams"].setdefault(key, {"cases": 0, "hours": [0] * HOURS, "peers": _peers()})
    team["cases"] += 1
    team["hours"][opened.astimezone(zone).hour] += 1
    team["peers"][after(opened, helped)] += 1
    hours = rules.hours(cycle.team_id, cycle.policy)
    gone = helped if helped is not None and helped >= opened else None

    def minute(at: datetime | None) -> int | None:
        return round(hours.between(since, at) / timedelta(minutes=1)) if at is not None else None

    into["work"].setdefault(key, []).append(
        [minute(opened), minute(cycle.owed_at or cycle.promised_at), minute(gone)]
    )


def works(rows: Iterable[list[Any]]) -> list[Work]:
    """Cases as they are kept, to be served."""
    return [Work(*row) for row in rows]
