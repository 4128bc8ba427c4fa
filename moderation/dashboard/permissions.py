"""Who sees how the community does."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_see_dashboard(actor: Actor) -> Verdict:
    """Managers."""
    if not actor.is_manager:
        return refuse(_("The dashboard is for managers."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED
