"""Order that keeps itself: solved threads are locked when they are quiet, old questions are shown again."""

from __future__ import annotations

from datetime import timedelta

from common import jobs
from forum.housekeeping import locking, resurfacing


@jobs.periodic("forum.lock_settled", every=timedelta(hours=1))
def lock_settled() -> None:
    """Lock what is solved and quiet, where the setting says so."""
    locking.lock_settled()


@jobs.periodic("forum.resurface", every=timedelta(hours=1))
def resurface() -> None:
    """Show some unanswered questions again."""
    resurfacing.resurface()
