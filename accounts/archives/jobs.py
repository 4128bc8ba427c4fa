"""What is done with archives outside the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.archives import asking, building
from accounts.retention.sweeping import days_of, known_by, swept
from common.i18n import _
from common.jobs import job, periodic

known_by("archives.forget", ("archives", _("Archives members asked for"), days_of("privacy.archive_days")))


@job(asking.JOB)
def build_archive(payload: dict[str, Any]) -> None:
    """Make the archive a member asked for."""
    building.build(payload["member_id"])


@periodic("archives.forget", every=timedelta(hours=1))
def forget_archives() -> None:
    """Erase archives whose time is over."""
    swept("archives", asking.forget_ended())
