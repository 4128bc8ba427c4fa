"""Who grants, who looks at which team."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_entrust(actor: Actor) -> Verdict:
    """Grant rights, make teams, name who works there."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may entrust this."))


def can_see_team(actor: Actor, led_id: int | None, agency_id: int) -> Verdict:
    """Managers see every team, a lead the own one. ``led_id``: the team the actor leads."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    if actor.is_manager or (actor.is_limited and led_id == agency_id):
        return ALLOWED
    return refuse(_("This page is for managers, and for who leads the team."))
