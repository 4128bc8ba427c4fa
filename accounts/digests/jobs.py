"""Digests outside the request: begun every hour, built a part at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.digests import building
from accounts.retention.sweeping import known_by
from common.i18n import _
from common.jobs import enqueue, job, periodic
from common.unit_of_work import unit_of_work

known_by(
    "digests.purge",
    ("digests", _("Digests: what was suggested to whom"), building.REMEMBERED),
    ("digest-runs", _("Runs that made digests"), building.REMEMBERED),
)


@periodic("digests.begin", every=timedelta(hours=1))
def begin() -> None:
    """Begin the digests of the coming hour."""
    building.begin_due()


@job("digests.part")
def part(payload: dict[str, Any]) -> None:
    """Build the next part of a run, and ask for the one after it in the same transaction."""
    with unit_of_work():
        progress = building.build_part(payload["run_id"])
        if not progress.finished:
            following = {"run_id": progress.run_id, "after": progress.after_id}
            enqueue("digests.part", following, f"digests:{progress.run_id}:{progress.after_id}")


@periodic("digests.purge", every=timedelta(days=1))
def purge() -> None:
    """Forget what was suggested two months ago."""
    building.forget_old()
