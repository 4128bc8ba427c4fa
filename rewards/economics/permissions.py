"""Who sees what the programme costs."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_see_costs(actor: Actor) -> Verdict:
    """Managers."""
    if not actor.is_manager:
        return refuse(_("The figures of the programme are for managers."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED
