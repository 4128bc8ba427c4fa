"""Work of the dashboard outside the request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from common import clock
from common.health import Finding, check
from common.jobs import enqueue, job, periodic
from common.unit_of_work import unit_of_work
from moderation.dashboard import queries, recounting
from moderation.dashboard.campaigns import effects

STILL_MOVING = timedelta(days=3)
"""Questions where something happened within these days are counted every hour; all of them every night."""


@periodic("dashboard.recount", every=timedelta(days=1))
def recount_all() -> None:
    """Every night all figures are made anew from what happened."""
    _begin(None)


@periodic("dashboard.catch_up", every=timedelta(hours=1))
def catch_up() -> None:
    """What happened lately is counted by the hour."""
    _begin(clock.now() - STILL_MOVING)


def _begin(since: datetime | None) -> None:
    with unit_of_work():
        _go_on(recounting.Progress(), since, clock.now().isoformat())


def _go_on(so_far: recounting.Progress, since: datetime | None, run: str) -> None:
    moment = since.isoformat() if since is not None else None
    payload = {
        "run": run,
        "since": moment,
        "after": so_far.after,
        "counted": so_far.counted,
        "differing": so_far.differing,
    }
    enqueue("dashboard.part", payload, f"dashboard:{'all' if since is None else 'late'}:{run}:{so_far.after}")


@job("dashboard.part")
def count_part(payload: dict[str, Any]) -> None:
    """The next questions of a count, and a job for those after them: between two parts other work has its turn. A part
    that is counted twice asks once for what follows."""
    since = datetime.fromisoformat(payload["since"]) if payload["since"] else None
    so_far = recounting.Progress(payload["after"], payload["counted"], payload["differing"])
    so_far = recounting.part(so_far, since)
    if not so_far.finished:
        with unit_of_work():
            _go_on(so_far, since, payload["run"])


@periodic("dashboard.campaigns", every=timedelta(days=1))
def count_campaigns() -> None:
    """Every night: what campaigns brought that are over."""
    effects.count()


@check("dashboard")
def figures_agree() -> Finding:
    """Whether the figures counted from what happened are those the forum keeps."""
    with unit_of_work():
        last = queries.last_count()
    if last is None:
        return Finding("dashboard", True, "not counted yet: a worker counts within a day", "")
    detail = f"{last.questions} questions, {last.differing} differ from the forum’s counters"
    return Finding("dashboard", last.differing == 0, detail, "The log names them. Put the counters right with: flask --app app forum recount; the next night compares again.")  # fmt: skip
