"""A suspension was wrong: the discounts that lay idle or ended meanwhile get their time back.

Source: domain/moderation.md §B4 (time extended on coupons lost meanwhile). A code that ended is good again for the same member,
never free for another (domain/rewards.md §A5.2); where its discount is over or its budget used, the points come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict
from common.permissions import Actor
from common.unit_of_work import record
from rewards.events import CouponRevived
from rewards.ledger import balances, booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponMove, CouponState, PromotionStatus, sources, worst_case
from rewards.worth import limiting

Span = tuple[datetime, datetime]


def time_lost(life: Span, wrong: Span, right: Iterable[Span]) -> timedelta:
    """How much of a coupon's life a ``wrong`` suspension took, but for the times of those that were ``right``. Pure."""
    since, until = max(life[0], wrong[0]), min(life[1], wrong[1])
    lost = timedelta(0)
    for begins, ends in sorted(right):
        if begins >= until:
            break
        lost += max(begins - since, timedelta(0))
        since = max(since, ends)
    return lost + max(until - since, timedelta(0))


def give_time_back(actor: Actor, member_id: int, wrong: Span, right: Iterable[Span]) -> int:
    """Lengthen the member's unused coupons by what they lost, and make those good again that ended. Inside the open unit of
    work. Returns how many."""
    balances.lock([member_id])
    c, kept, given = Coupon, list(right), 0
    rows = db.session.execute(
        select(c.id, c.state, c.allocated_at, c.expires_at)
        .where(
            c.member_id == member_id,
            c.state.in_((CouponState.ALLOCATED, CouponState.EXPIRED)),
            c.allocated_at < wrong[1],
            c.expires_at > wrong[0],
        )
        .order_by(c.id)
        .with_for_update()
    ).all()
    for row in rows:
        lost = time_lost((row.allocated_at, row.expires_at), wrong, kept)
        if lost:
            ends = max(row.expires_at, clock.now()) + lost
            move = _lengthen if row.state is CouponState.ALLOCATED else _make_good
            given += move(actor, member_id, row.id, ends)
    return given


def _lengthen(actor: Actor, member_id: int, coupon_id: int, ends: datetime) -> bool:
    mine = (Coupon.id == coupon_id, Coupon.state == CouponState.ALLOCATED)
    return bool(update_where(Coupon, *mine, expires_at=ends))


def _make_good(actor: Actor, member_id: int, coupon_id: int, ends: datetime) -> bool:
    """The very code again, while its discount can be used and has the money; else the points."""
    owed = _promise_again(member_id, coupon_id)
    if owed is None:
        cause = Cause(CauseType.COUPON, str(coupon_id))
        return booking.refund(member_id, cause, actor.member_id, "no code left") is not None
    ended = (Coupon.id == coupon_id, Coupon.state.in_(sources(CouponMove.REVIVE)))
    good = {"state": CouponState.ALLOCATED, "expires_at": ends, "liability_minor": owed}
    if not update_where(Coupon, *ended, **good):
        raise Conflict()  # locked by the caller: nobody else can have moved it
    record(CouponRevived(coupon_id))
    audit.write(actor, "coupon.revived", "coupon", coupon_id, after=ends.isoformat())
    tell(member_id, "coupon-revived", f"coupon-revived:{coupon_id}:{ends:%Y%m%d%H%M}", coupon_id=coupon_id)
    return True


def _promise_again(member_id: int, coupon_id: int) -> int | None:
    """Owe the worst case once more, where the discount is not over and budget and year have room; None otherwise."""
    promotion = db.session.scalars(
        select(Promotion).join(Coupon, Coupon.promotion_id == Promotion.id).where(Coupon.id == coupon_id)
    ).one()
    promotion_id, worst = promotion.id, worst_case(promotion.terms) or 0
    try:
        limiting.check(member_id, worst, promotion.currency)
    except limiting.EnoughThisYear:
        return None
    p = Promotion
    goes_on = (p.status != PromotionStatus.ENDED, or_(p.ends_at.is_(None), p.ends_at > clock.now()))
    room = or_(p.budget_minor.is_(None), p.liability_minor + worst <= p.budget_minor)
    owed = update_where(p, p.id == promotion_id, *goes_on, room, liability_minor=p.liability_minor + worst)
    return worst if owed else None
