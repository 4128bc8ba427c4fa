"""What happens to a coupon after it was given: reveal, expire, take back. Codes never become free again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, insert_many, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from rewards.events import CouponOver, CouponRevoked
from rewards.ledger import balances, booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions import offering, secrecy, using
from rewards.promotions.claiming import uses_of
from rewards.promotions.models import Coupon, CouponReveal, PromotionUse
from rewards.promotions.permissions import can_offer, can_reveal
from rewards.promotions.rules import CouponMove, CouponState, sources

WARN_BEFORE = timedelta(days=7)


def reveal(actor: Actor, coupon_id: int) -> str:
    """The code, to its owner only; every look is written down. Raises NotFound for anybody else."""
    with unit_of_work():
        coupon = db.session.get(Coupon, coupon_id, populate_existing=True)
        if coupon is None or not can_reveal(actor, coupon):
            raise NotFound()
        cipher = coupon.code_cipher
        if coupon.state is CouponState.REVOKED:
            raise Conflict(_("This discount was taken back; your points were returned."))
        update_where(Coupon, Coupon.id == coupon_id, Coupon.revealed_at.is_(None), revealed_at=clock.now())
        insert_many(
            CouponReveal, [{"coupon_id": coupon_id, "member_id": actor.member_id, "revealed_at": clock.now()}]
        )
    return secrecy.decrypt(cipher)


def revoke(actor: Actor, coupon_id: int, reason: str) -> bool:
    """Take a coupon back before it is used (fraud, error): points returned, owner told. True when that is new."""
    require(can_offer(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(reason) > 300:
        raise Invalid(fields={"reason": _("This is too long.")})
    with unit_of_work():
        coupon = db.session.get(Coupon, coupon_id, populate_existing=True)
        if coupon is None:
            raise NotFound()
        member_id = coupon.member_id
        balances.lock(
            [member_id]
        )  # before the discount's row, as an exchange does: two that wait for each other never end
        if not _move(coupon_id, CouponMove.REVOKE, CouponState.REVOKED):
            return False
        using.settle(coupon_id, 0)
        if member_id is not None:
            booking.refund(member_id, Cause(CauseType.COUPON, str(coupon_id)), actor.member_id, "revoked")
            promotion = offering.load(coupon.promotion_id)
            mine = uses_of(promotion, member_id, coupon.allocated_at or clock.now())
            update_where(PromotionUse, *mine, PromotionUse.count > 0, count=PromotionUse.count - 1)
            tell(member_id, "coupon-revoked", f"coupon-revoked:{coupon_id}", coupon_id=coupon_id)
            record(CouponRevoked(member_id, coupon.promotion_id, coupon_id, actor.member_id, reason.strip()))
        audit.write(actor, "coupon.revoked", "coupon", coupon_id, reason=reason.strip())
        return True


def expire_due(limit: int = 1000) -> int:
    """Coupons past their day are over; the brand owes them no more. Those of a suspended member wait: the suspension may
    have been wrong (domain/moderation.md §B4). Returns how many."""
    now = clock.now()
    rests = select(Member.id).where(Member.id == Coupon.member_id, Member.suspended_until > now)
    late = (Coupon.state == CouponState.ALLOCATED, Coupon.expires_at <= now)
    due = select(Coupon.id).where(*late, ~rests.exists())
    over = 0
    for coupon_id in db.session.scalars(due.order_by(Coupon.id).limit(limit)).all():
        with unit_of_work():
            if _move(coupon_id, CouponMove.EXPIRE, CouponState.EXPIRED):
                using.settle(coupon_id, 0)
                record(CouponOver(coupon_id))
                over += 1
    return over


def warn_lapsing() -> int:
    """Tell owners a week before an unused coupon ends, once. Returns how many were told."""
    now = clock.now()
    soon = select(Coupon.id, Coupon.member_id).where(
        Coupon.state == CouponState.ALLOCATED, Coupon.expires_at > now, Coupon.expires_at <= now + WARN_BEFORE
    )
    told = 0
    rows = db.session.execute(soon).all()
    with unit_of_work():
        for coupon_id, member_id in rows:
            told += (
                tell(member_id, "coupon-lapsing", f"coupon-lapsing:{coupon_id}", coupon_id=coupon_id)
                is not None
            )
    return told


def _move(coupon_id: int, move: CouponMove, state: CouponState, **values: object) -> bool:
    return bool(
        update_where(Coupon, Coupon.id == coupon_id, Coupon.state.in_(sources(move)), state=state, **values)
    )
