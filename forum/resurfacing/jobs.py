"""Order that keeps itself: old questions are shown again, solved threads are locked when they are quiet."""

from __future__ import annotations

from datetime import timedelta

from common import jobs
from forum.housekeeping import locking
from forum.resurfacing import choosing


@jobs.periodic("forum.resurface", every=timedelta(hours=1))
def resurface() -> None:
    """Show some unanswered questions again."""
    choosing.resurface()


@jobs.periodic("forum.lock_settled", every=timedelta(hours=1))
def lock_settled() -> None:
    """Lock what is solved and quiet, where the setting says so."""
    locking.lock_settled()
