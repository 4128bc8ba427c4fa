"""Housekeeping of news."""

from __future__ import annotations

from datetime import timedelta

from accounts.notifications import telling
from accounts.retention.sweeping import known_by, swept
from common.i18n import _
from common.jobs import periodic

known_by(
    "notifications.purge", ("notifications", _("News that was read"), timedelta(days=telling.REMEMBERED_DAYS))
)


@periodic("notifications.purge", every=timedelta(days=1))
def purge() -> None:
    """Drop news of half a year ago that was read or withdrawn."""
    swept("notifications", telling.forget_old())
