"""What is kept, and how long a file that was granted can be fetched."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "privacy.keep_identity", True, guarded=True,
    help=_("Whether what French law asks hosts to keep about who wrote is kept apart, for judicial requests alone. Off: nothing is kept, and what was goes with the next run."),
)  # fmt: skip
settings.define(
    "privacy.access_days", 7, unit=_("days"), low=1, high=30, guarded=True,
    help=_("How long the file of a judicial request can be fetched once it was granted."),
)  # fmt: skip


def is_kept() -> bool:
    """Whether the brand keeps it."""
    return bool(settings.get("privacy.keep_identity"))


def fetched_within() -> timedelta:
    """The time to fetch a file."""
    return timedelta(days=settings.get("privacy.access_days"))
