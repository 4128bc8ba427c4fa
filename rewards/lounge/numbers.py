"""The numbers of the lounge that the team may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "lounge.rank", 5, unit="rank", low=1, high=6, help=_("Rank from which a member is in the lounge.")
)
settings.define(
    "lounge.messages_a_day", 100, unit="per day", low=1, high=10_000,
    help=_("Messages of one member in the lounge in 24 hours."),
)  # fmt: skip
