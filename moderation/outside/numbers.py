"""The numbers of outside connections that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "outside.longest_seconds", 10, unit=_("seconds"), low=1, high=20,
    help=_("How long an outside system may take to answer one message."),
)  # fmt: skip
settings.define(
    "outside.pause_hours", 72, unit=_("hours"), low=1, high=720,
    help=_("After how long without a single success an outside connection is paused and administrators are told."),
)  # fmt: skip
settings.define(
    "outside.rotation_hours", 24, unit=_("hours"), low=1, high=168,
    help=_("How long messages are signed with the old secret as well, after a new one was made."),
)  # fmt: skip


def longest() -> float:
    """Seconds one message may take."""
    return float(settings.get("outside.longest_seconds"))


def pause_after() -> timedelta:
    """Without a success for so long, a receiver is paused."""
    return timedelta(hours=settings.get("outside.pause_hours"))


def rotation() -> timedelta:
    """Both secrets are used for so long."""
    return timedelta(hours=settings.get("outside.rotation_hours"))
