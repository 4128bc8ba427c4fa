"""Who thanks, and who decides about a thank-you."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_thank(actor: Actor) -> Verdict:
    """The team proposes thank-yous."""
    if not actor.is_staff or actor.suspended:
        return refuse(_("Thank-yous are given by the team."))
    return ALLOWED


def can_decide(actor: Actor, proposed_by_id: int | None) -> Verdict:
    """Another manager than who proposed it."""
    if not actor.is_manager:
        return refuse(_("A manager decides about this."))
    if actor.member_id is not None and actor.member_id == proposed_by_id:
        return refuse(_("You proposed this yourself: another manager decides."))
    return ALLOWED
