"""Who is planned, who plans, who hands over."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.review.permissions import can_review


def can_see_plan(actor: Actor) -> Verdict:
    """Who decides at the desk, and the agents."""
    if actor.is_staff and not actor.suspended:
        return ALLOWED
    return can_review(actor)


def can_plan_for(actor: Actor, member_id: int) -> Verdict:
    """Managers plan for everybody, the others for themselves."""
    if not (reviewing := can_review(actor)):
        return reviewing
    if actor.is_manager or actor.member_id == member_id:
        return ALLOWED
    return refuse(_("You put yourself on duty; managers plan for the others."))
