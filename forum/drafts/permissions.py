"""How long a refused text can be taken up again (domain/moderation.md §B4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from common import clock, settings
from common.i18n import _
from common.permissions import ALLOWED, Verdict, refuse

settings.define(
    "moderation.refused_days", 30, unit=_("days"), low=7, high=180,
    help=_("How long a refused text is kept for its author to mend it and send it again."),
)  # fmt: skip


def can_take_up(refused_at: datetime) -> Verdict:
    """Take a text up again that was refused then: one end for every kind of text."""
    kept = timedelta(days=settings.get("moderation.refused_days"))
    if clock.now() >= refused_at + kept:
        return refuse(_("Your text was kept for %(days)s days; they are over.", days=kept.days))
    return ALLOWED
