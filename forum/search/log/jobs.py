"""The log's work outside the request."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention.sweeping import sweep
from common import clock, settings
from common.i18n import local
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from forum.search.log import noting
from forum.search.log.models import SearchCount, SearchDay
from forum.tallies import EVERY_SECONDS


@periodic("search.log", every=timedelta(seconds=EVERY_SECONDS))
def write_down() -> None:
    """Write down what this process counted."""
    noting.write_down()


@periodic("search.forget_log", every=timedelta(hours=24))
def forget_old_days() -> None:
    """Days older than the setting go."""
    first = local(clock.now()).date() - timedelta(days=settings.get("search.log_days"))
    with unit_of_work():
        sweep("searches", SearchDay, SearchDay.day < first)
        sweep("searches", SearchCount, SearchCount.day < first)
