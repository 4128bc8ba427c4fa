"""The numbers of briefs that staff may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "search.brief", True,
    help=_("Show an answer in brief above the results: passages of solutions, official answers, guides and the help centre."),
)  # fmt: skip
settings.define(
    "search.brief_evidence", 60, unit="%", low=20, high=100,
    help=_("Share of what was asked that a source must hold to be quoted in a brief."),
)  # fmt: skip
settings.define(
    "search.brief_downs", 3, low=1, high=100,
    help=_("A source is quoted no more for a query when so many more said that it did not answer than that it did."),
)  # fmt: skip


def is_on() -> bool:
    """Whether briefs are shown."""
    return bool(settings.get("search.brief"))


def least_evidence() -> float:
    """What a source must hold of what was asked."""
    return int(settings.get("search.brief_evidence")) / 100


def most_downs() -> int:
    """How many more noes than yeses end a source for a query."""
    return int(settings.get("search.brief_downs"))
