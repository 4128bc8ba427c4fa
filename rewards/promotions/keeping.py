"""What happens to a coupon after it was given: reveal, redeem, expire, take back. Codes never become free again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, insert_many, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ledger import booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions import secrecy
from rewards.promotions.models import Coupon, CouponReveal, Promotion, PromotionUse
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
        if not _move(coupon_id, CouponMove.REVOKE, CouponState.REVOKED):
            return False
        _owe_no_more(coupon_id)
        if member_id is not None:
            booking.refund(member_id, Cause(CauseType.COUPON, str(coupon_id)), actor.member_id, "revoked")
            mine = (PromotionUse.promotion_id == coupon.promotion_id, PromotionUse.member_id == member_id)
            update_where(PromotionUse, *mine, PromotionUse.count > 0, count=PromotionUse.count - 1)
            tell(member_id, "coupon-revoked", f"coupon-revoked:{coupon_id}", coupon_id=coupon_id)
        audit.write(actor, "coupon.revoked", "coupon", coupon_id, reason=reason.strip())
        return True


def redeem(actor: Actor, code: str, order_ref: str, amount_minor: int) -> bool:
    """The shop says a code was used. False when this very order was told before; Conflict for another order."""
    require(can_offer(actor))
    with unit_of_work():
        found = db.session.execute(
            select(Coupon.id, Coupon.state, Coupon.order_ref).where(
                Coupon.code_norm_hash == secrecy.fingerprint(code)
            )
        ).first()
        if found is None:
            raise NotFound(_("This code is not known."))
        if found.state is CouponState.REDEEMED and found.order_ref == order_ref:
            return False
        values = {"redeemed_at": clock.now(), "order_ref": order_ref[:80], "amount_minor": amount_minor}
        if not _move(found.id, CouponMove.REDEEM, CouponState.REDEEMED, **values):
            raise Conflict(_("This code was used before or is not valid any more."))
        _owe_really(found.id, amount_minor)
        return True


def expire_due(limit: int = 1000) -> int:
    """Coupons past their day are over; the brand owes them no more. Returns how many."""
    due = select(Coupon.id).where(Coupon.state == CouponState.ALLOCATED, Coupon.expires_at <= clock.now())
    over = 0
    for coupon_id in db.session.scalars(due.order_by(Coupon.id).limit(limit)).all():
        with unit_of_work():
            if _move(coupon_id, CouponMove.EXPIRE, CouponState.EXPIRED):
                _owe_no_more(coupon_id)
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


def _owe_no_more(coupon_id: int) -> None:
    _owe_really(coupon_id, 0)


def _owe_really(coupon_id: int, amount_minor: int) -> None:
    """Replace the promised worst case by what it really costs; never more than was promised counts in the budget."""
    promotion_id, promised = db.session.execute(
        select(Coupon.promotion_id, Coupon.liability_minor).where(Coupon.id == coupon_id)
    ).one()
    real = min(amount_minor, promised)
    update_where(
        Promotion, Promotion.id == promotion_id, liability_minor=Promotion.liability_minor - promised + real
    )
    update_where(Coupon, Coupon.id == coupon_id, liability_minor=real)
