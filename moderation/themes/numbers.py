"""The numbers of rising topics that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "themes.least_authors", 10, unit=_("people"), low=10, high=1_000,
    help=_("How many different people must say a word in a week before it can be a rising topic."),
)  # fmt: skip
settings.define(
    "themes.least_z", 2.5, unit=_("standard deviations"), low=1.0, high=10.0,
    help=_("How surely a word must be said more than in the four weeks before to be a rising topic."),
)  # fmt: skip
settings.define(
    "themes.least_times", 1.5, unit=_("times"), low=1.0, high=10.0,
    help=_("How many times as often as in the four weeks before a word must be said to be a rising topic, however surely."),
)  # fmt: skip
settings.define(
    "themes.most", 40, unit=_("topics"), low=5, high=200, help=_("Most rising topics that are kept a night, for each language."),
)  # fmt: skip
settings.define(
    "themes.left_out", "",
    help=_("Words that are never a rising topic, separated by blanks; the names of the brand and the community are left out anyway."),
)  # fmt: skip
KEPT = timedelta(days=184)
"""How long the nights are kept."""
WEEKS_KEPT = timedelta(days=731)
"""How long the weeks are."""
