"""Who looks at the points table and its trials, and who changes it."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_look(actor: Actor) -> Verdict:
    """The whole team sees the table, its editions and a trial."""
    if not actor.is_staff:
        return refuse(_("This page is for the team."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED


def can_change(actor: Actor) -> Verdict:
    """Managers change what acts bring."""
    if not actor.is_manager:
        return refuse(_("Only a manager may change the points table."))
    return can_look(actor)
