"""Who gives and ends mandates."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_appoint(actor: Actor) -> Verdict:
    """Managers give mandates."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may give a mandate."))


def can_answer(actor: Actor) -> Verdict:
    """A member signed in answers an offer made to them, and hands back what they hold."""
    return ALLOWED if actor.signed_in else refuse(_("Sign in first."))
