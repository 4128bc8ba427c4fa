"""The numbers of archives that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "privacy.archive_days", 7, unit=_("days"), low=1, high=30,
    help=_("How long a member can fetch the archive of their data once it is ready."),
)  # fmt: skip
settings.define(
    "privacy.archive_pause_hours", 24, unit=_("hours"), low=1, high=720,
    help=_("How long after one archive a member may ask for the next."),
)  # fmt: skip


def kept() -> timedelta:
    """How long a finished archive can be fetched."""
    return timedelta(days=settings.get("privacy.archive_days"))


def pause() -> timedelta:
    """From one archive to the next."""
    return timedelta(hours=settings.get("privacy.archive_pause_hours"))
