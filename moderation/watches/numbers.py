"""The numbers of watches that staff may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "watches.each", 20, unit=_("watches"), low=1, high=200, help=_("Most watches one person of the team may keep."),
)  # fmt: skip
settings.define(
    "watches.notices_an_hour", 5, unit=_("notices"), low=1, high=60,
    help=_("Most notices of single texts a watch sends in an hour; then one notice says that there is more."),
)  # fmt: skip


def each() -> int:
    """How many one person may keep."""
    return int(settings.get("watches.each"))


def notices_an_hour() -> int:
    """How many notices of single texts a watch sends in an hour."""
    return int(settings.get("watches.notices_an_hour"))
