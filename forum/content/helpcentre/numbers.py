"""The numbers of the help centre that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "helpcentre.every_minutes", 60, unit="minutes", low=10, high=1_440,
    help=_("How often the feed of the brand’s help centre is read."),
)  # fmt: skip
settings.define(
    "helpcentre.feed_is_whole", False,
    help=_("The feed names every article of the help centre: those it no longer names are withdrawn."),
)  # fmt: skip


def every() -> timedelta:
    """How often the feed is read."""
    return timedelta(minutes=settings.get("helpcentre.every_minutes"))


def feed_is_whole() -> bool:
    """Whether what the feed lacks is withdrawn."""
    return bool(settings.get("helpcentre.feed_is_whole"))
