"""Work outside the request: what is left of a go, and proposals nobody confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.jobs import job, periodic
from moderation.bulk import proposing, running


@job(proposing.JOB)
def decide_many(payload: dict[str, Any]) -> None:
    """Go on where it stopped."""
    running.run(payload["bulk_id"])


@periodic("review.bulk_expire", every=timedelta(minutes=10))
def expire_proposals() -> None:
    """Proposals that nobody confirmed in time are over."""
    proposing.let_expire()
