"""What staff may change about being found."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "discovery.unanswered_days", 30, unit="days", low=0, high=3_650,
    help=_("After this time a question without an answer is no longer offered to search engines."),
)  # fmt: skip
settings.define(
    "discovery.thin_list", 3, unit="questions", low=0, high=1_000,
    help=_("A category with fewer questions is not offered to search engines."),
)  # fmt: skip
settings.define(
    "discovery.structured_data", "answered", choices=("answered", "never"),
    help=_("Questions described in schema.org’s words for search engines: those with an answer, or none."),
)  # fmt: skip


def patience() -> timedelta:
    """How long an unanswered question is offered."""
    return timedelta(days=settings.get("discovery.unanswered_days"))
