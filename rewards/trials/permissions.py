"""Who applies, who runs campaigns, and who reads addresses."""

from __future__ import annotations

from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse


def can_apply(actor: Actor) -> Verdict:
    """Send an application; whether the member is eligible is another question."""
    if actor.works_here:
        return refuse(_("Trials are for customers: the team does not take part."))
    return may_write(actor)


def can_take_part(actor: Actor) -> Verdict:
    """Give an address, send a report: whoever was chosen may, silenced or not."""
    if actor.member_id is None or actor.works_here:
        return refuse(_("Sign in to see your part in this trial."))
    if actor.suspended:
        return refuse(_("Your account is suspended. You can still read, appeal, and download your data."))
    return ALLOWED


def can_run(actor: Actor) -> Verdict:
    """Make campaigns, choose testers, judge reports."""
    if not actor.is_manager:
        return refuse(_("Trials are run by managers."))
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED


def can_ship(actor: Actor) -> Verdict:
    """Read addresses and hand them to the carrier. Not even the system does: only people who were named."""
    if actor.suspended or actor.role not in settings.get("trials.logistics"):
        return refuse(_("Addresses are read by logistics only."))
    return ALLOWED


def can_see_desk(actor: Actor) -> Verdict:
    """Open the desk's pages of trials."""
    return can_run(actor) if can_run(actor) or not can_ship(actor) else ALLOWED
