"""Work of the dashboard outside the request."""

from __future__ import annotations

from datetime import timedelta

from common import clock
from common.health import Finding, check
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from moderation.dashboard import queries, recounting

STILL_MOVING = timedelta(days=3)
"""Questions where something happened within these days are counted every hour; all of them every night."""


@periodic("dashboard.recount", every=timedelta(days=1))
def recount_all() -> None:
    """Every night all figures are made anew from what happened."""
    recounting.recount()


@periodic("dashboard.catch_up", every=timedelta(hours=1))
def catch_up() -> None:
    """What happened lately is counted by the hour."""
    recounting.recount(clock.now() - STILL_MOVING)


@check("dashboard")
def figures_agree() -> Finding:
    """Whether the figures counted from what happened are those the forum keeps."""
    with unit_of_work():
        last = queries.last_count()
    if last is None:
        return Finding("dashboard", True, "not counted yet: a worker counts within a day", "")
    detail = f"{last.questions} questions, {last.differing} differ from the forum’s counters"
    return Finding("dashboard", last.differing == 0, detail, "The log names them. Put the counters right with: flask --app app forum recount; the next night compares again.")  # fmt: skip
