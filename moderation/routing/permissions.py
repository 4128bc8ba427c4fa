"""Who orders teams and rules, who sees a team's work, who passes a case to another team."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.escalation.permissions import can_work


def can_order(actor: Actor) -> Verdict:
    """Make teams and rules."""
    return ALLOWED if actor.is_manager else refuse(_("Teams and rules are ordered by managers."))


def can_read_rules(actor: Actor) -> Verdict:
    """See the rules and try them."""
    return ALLOWED if actor.is_staff else refuse(_("This desk belongs to the team."))


def can_lead(actor: Actor, lead_id: int | None) -> Verdict:
    """See who of a team has what: its lead, and managers."""
    if actor.is_manager or (actor.is_staff and actor.member_id is not None and actor.member_id == lead_id):
        return ALLOWED
    return refuse(_("The work of a team is seen by who leads it."))


def can_reroute(actor: Actor) -> Verdict:
    """Pass a case to another team: whoever works on cases."""
    return can_work(actor)
