"""The numbers of product reviews that staff may change; the notice page says those that the law wants said."""

from __future__ import annotations

from datetime import timedelta

from accounts.members import rights
from common import settings
from common.i18n import _

settings.define(
    "reviews.trusted_rank", 2, unit="rank", low=0, high=7,
    help=_("Rank from which a review is published at once and read afterwards; everybody below waits. The rating plays no part. 7: everybody waits."),
)  # fmt: skip
settings.define(
    "reviews.publication_hours", 24, unit="hours", low=1, high=720,
    help=_("Longest time until a review is published or refused, whatever its rating; the notice about reviews says it."),
)  # fmt: skip
settings.define(
    "reviews.retention_months", 60, unit="months", low=6, high=240,
    help=_("How long a review stays published; the notice about reviews says it, and older ones are taken off every day."),
)  # fmt: skip
settings.define(
    "reviews.reply_days", 7, unit="days", low=1, high=30,
    help=_("Longest time until a reply of the brand to a review is published; the notice about reviews says it."),
)  # fmt: skip
settings.define(
    "reviews.a_day", 5, unit="per day", low=1, high=100, help=_("Reviews one member may write in 24 hours."),
)  # fmt: skip
settings.define(
    "reviews.votes_a_day", 50, unit="per day", low=1, high=10_000,
    help=_("Reviews one member may find useful in 24 hours."),
)  # fmt: skip


rights.opens("reviews.trusted", _("product reviews that are published at once"), "reviews.trusted_rank")


def retention() -> timedelta:
    """How long a review stays; a month is thirty days and a half."""
    return timedelta(days=round(30.5 * settings.get("reviews.retention_months")))
