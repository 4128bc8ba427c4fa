"""The number of private talks that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "escalation.private_offer_days", 30, unit="days", low=1, high=365,
    help=_("How long the person who asked may accept to go on in private."),
)  # fmt: skip


def good_for() -> timedelta:
    """How long an offer holds."""
    return timedelta(days=settings.get("escalation.private_offer_days"))
