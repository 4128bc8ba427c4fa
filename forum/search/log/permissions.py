"""Who reads what was searched."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_read_searches(actor: Actor) -> Verdict:
    """The whole team."""
    if actor.suspended or not actor.is_staff:
        return refuse(_("What is searched is read by the brand’s team."))
    return ALLOWED
