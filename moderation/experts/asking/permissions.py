"""Who may wish to be asked, and who reads how the invitations are spread."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.escalation.permissions import can_note


def can_wish(actor: Actor) -> Verdict:
    """Say whether one wants to be asked. Whether it is their turn is another matter; the team's never comes."""
    return ALLOWED if actor.signed_in else refuse(_("Sign in first."))


def can_see_spread(actor: Actor) -> Verdict:
    """Read who is asked how often."""
    return ALLOWED if actor.is_manager else refuse(_("This page is for managers."))


def can_ask_by_hand(actor: Actor) -> Verdict:
    """Bring a question that nobody has answered to an expert."""
    return can_note(actor)
