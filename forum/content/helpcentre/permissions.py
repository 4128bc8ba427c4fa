"""Who reads how the help centre comes in."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_see_help_centre(actor: Actor) -> Verdict:
    """The whole team; what stands in it is changed where it is written."""
    if actor.suspended or not actor.is_staff:
        return refuse(_("How the help centre comes in is read by the brand’s team."))
    return ALLOWED
