"""The log's numbers that staff may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "search.log", True,
    help=_("Count what is searched: words, results, clicks, by day. Nobody’s name is kept with it."),
)  # fmt: skip
settings.define(
    "search.log_days", 395, unit="days", low=7, high=1_100,
    help=_("How long the counts of searches are kept."),
)  # fmt: skip
settings.define(
    "search.report_least", 2, low=1, high=100,
    help=_("Reports list queries that were searched at least this often: rare ones may tell of a person."),
)  # fmt: skip


def is_on() -> bool:
    """Whether searches are counted."""
    return bool(settings.get("search.log"))
