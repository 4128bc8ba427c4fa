"""Retention once a day."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention import holding, running
from common.jobs import periodic


@periodic("retention.run", every=timedelta(hours=24))
def run_daily() -> None:
    """Holds whose day has come end; what is due goes."""
    holding.end_lapsed_holds()
    running.run()
