"""Who defines missions."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_run_missions(actor: Actor) -> Verdict:
    """Managers: a mission spends a budget."""
    if not actor.is_manager:
        return refuse(_("Missions are defined by managers."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED
