"""Who offers, exchanges, sees and takes back discounts."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from rewards.promotions.models import Coupon


def can_offer(actor: Actor) -> Verdict:
    """Managers make promotions and bring codes."""
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may change the discounts."))


def can_claim(actor: Actor) -> Verdict:
    """Members exchange their points; the team's own people do not, nor does anybody while a measure is in force
    (domain/moderation.md §B4: no allocation)."""
    if not actor.signed_in:
        return refuse(_("Sign in to exchange your points."))
    if actor.works_here:
        return refuse(_("Discounts are for members: the team does not exchange points."))
    if actor.suspended:
        return refuse(_("Your account is suspended. You can exchange points again when the suspension ends."))
    if actor.silenced:
        return refuse(_("You can exchange points again when the measure against your account has ended."))
    if not actor.email_verified:
        return refuse(_("Confirm your e-mail address first: we sent you a message with a link."))
    return ALLOWED


def can_reveal(actor: Actor, coupon: Coupon) -> Verdict:
    """Only the owner ever sees a code."""
    if actor.member_id is not None and coupon.member_id == actor.member_id:
        return ALLOWED
    return refuse(_("This code belongs to somebody else."))
