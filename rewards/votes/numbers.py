"""The numbers of votes that the team may change. Their ranges do not meet: a day can always be chosen."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "votes.days_least", 3, unit=_("days"), low=1, high=14, help=_("The least time mentors have to vote on a draft."),
)  # fmt: skip
settings.define(
    "votes.days_most", 30, unit=_("days"), low=15, high=180, help=_("The most time mentors have to vote on a draft."),
)  # fmt: skip


def shortest() -> timedelta:
    """The least time of a vote."""
    return timedelta(days=settings.get("votes.days_least"))


def longest() -> timedelta:
    """The most time of a vote."""
    return timedelta(days=settings.get("votes.days_most"))
