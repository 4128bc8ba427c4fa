"""Who may look at retention, and who may hold it up."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_see_retention(actor: Actor) -> Verdict:
    """Managers answer for what is kept."""
    return ALLOWED if actor.is_manager else refuse(_("What is kept for how long is looked at by managers."))


def can_hold(actor: Actor) -> Verdict:
    """A hold keeps personal data beyond its time: administrators only, with a reason."""
    return ALLOWED if actor.is_admin else refuse(_("Only an administrator places or ends a legal hold."))
