"""The numbers of decisions about many, as settings."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "moderation.bulk_alone", 50, low=0, high=200,
    help=_("So many refusals or removals at once, and within an hour, one person decides alone; more need a second one."),
)  # fmt: skip
settings.define(
    "moderation.bulk_hours", 24, unit=_("hours"), low=1, high=168,
    help=_("How long a proposal to refuse many waits for a second person."),
)  # fmt: skip


def alone() -> int:
    """How many refusals one person decides."""
    return settings.get("moderation.bulk_alone")


def good_for() -> timedelta:
    """How long a proposal waits."""
    return timedelta(hours=settings.get("moderation.bulk_hours"))
