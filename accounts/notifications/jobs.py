"""Housekeeping of news."""

from __future__ import annotations

from datetime import timedelta

from accounts.notifications import telling
from common.jobs import periodic


@periodic("notifications.purge", every=timedelta(days=1))
def purge() -> None:
    """Drop news of half a year ago that was read or withdrawn."""
    telling.forget_old()
