"""Who writes guides, and who says whether one helped."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_keep_guides(actor: Actor) -> Verdict:
    """Write, publish, confirm and withdraw guides: those who speak for the brand."""
    if actor.suspended or not actor.can_answer_officially:
        return refuse(_("Official guides are kept by the brand’s team."))
    return ALLOWED


def can_say_helped(actor: Actor) -> Verdict:
    """Say whether a guide helped: everybody the guides are written for, with or without an account."""
    if actor.is_staff:
        return refuse(_("The team’s own opinion is not counted here."))
    return ALLOWED
