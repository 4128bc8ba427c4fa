"""What is done with archives outside the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.archives import asking, building
from common.jobs import job, periodic


@job(asking.JOB)
def build_archive(payload: dict[str, Any]) -> None:
    """Make the archive a member asked for."""
    building.build(payload["member_id"])


@periodic("archives.forget", every=timedelta(hours=1))
def forget_archives() -> None:
    """Erase archives whose time is over."""
    asking.forget_ended()
