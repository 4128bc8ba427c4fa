"""Retention once a day."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention import holding, running
from accounts.retention.sweeping import known_by, swept
from common import jobs
from common.i18n import _
from common.jobs import periodic
from common.unit_of_work import unit_of_work

known_by("jobs.purge", ("jobs", _("Work that is done: mails sent, texts indexed"), jobs.KEEP_DONE))
known_by("retention.run", ("retention-runs", _("Runs of this page"), running.RUNS_KEPT))


@periodic("retention.run", every=timedelta(hours=24))
def run_daily() -> None:
    """Holds whose day has come end; what is due goes."""
    holding.end_lapsed_holds()
    running.run()


@periodic("jobs.purge", every=timedelta(hours=1))
def purge_jobs() -> None:
    """Jobs that were done long ago go."""
    with unit_of_work():
        swept("jobs", jobs.purge())
