"""Exchange points for a code: everything, or nothing.

In one transaction: the member's balance row (which puts a hammering member in line), eligibility, the limit per
member, the points, one free code by a conditional write, the budget. The same key again returns the same coupon.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.telling import tell
from common import clock, i18n, settings
from common.db import db, insert_once, on_postgresql, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.i18n import Sentence, _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import in_unit_of_work, record, unit_of_work
from rewards.events import CouponClaimed
from rewards.ledger import balances, booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions import offering
from rewards.promotions.models import Coupon, Promotion, PromotionUse
from rewards.promotions.permissions import can_claim
from rewards.promotions.rules import (
    CouponState,
    Hindrance,
    crossed,
    expires_at,
    hindrance,
    stock_alerts,
    thresholds,
    worst_case,
)
from rewards.ranks.scale import rank_name
from rewards.worth import limiting

settings.define(
    "promotions.alert_percent", 20, unit="%", low=0, high=100, help=_("Share of codes left at which managers are told.")
)  # fmt: skip
settings.define(
    "promotions.budget_alerts", [50, 80, 95], unit="%",
    help=_("Shares of a discount's budget at which managers are told."),
)  # fmt: skip
settings.define(
    "promotions.pause_percent", 0, unit="%", low=0, high=50,
    help=_("Share of codes left below which a discount pauses itself; 0: when the last one is gone."),
)  # fmt: skip


class Exhausted(Conflict):
    """No code was left; nothing was taken."""

    code = "out_of_stock"
    default = _("There are no codes left for this discount. Your points were not used.")


def claim(actor: Actor, promotion_id: int, key: str) -> int:
    """Exchange points for one coupon; returns its id. ``key`` names the member's click: again, the same coupon.

    Raises Forbidden, Invalid (no key), Conflict (not open, limit, too few points, budget), :class:`Exhausted`. On
    any of them nothing has changed; a promotion found empty pauses itself.
    """
    require(can_claim(actor))
    if not key or len(key) > 60:
        raise Invalid(_("This form is incomplete. Reload the page and try again."))
    try:
        with unit_of_work():
            return _claim(actor, promotion_id, f"claim:{actor.member_id}:{key}")
    except Exhausted:
        if not in_unit_of_work():
            _pause_if_empty(promotion_id)
        raise


def _claim(actor: Actor, promotion_id: int, cause: str) -> int:
    assert actor.member_id is not None
    balances.lock([actor.member_id])
    known = (Coupon.promotion_id == promotion_id, Coupon.grant_cause == cause)
    first = db.session.scalar(select(Coupon.id).where(*known))
    if first is not None:
        return first
    promotion = offering.load(promotion_id)
    cost, worst, limit = promotion.cost_points, worst_case(promotion.terms) or 0, promotion.per_member_limit
    _check(actor, promotion)
    limiting.check(actor.member_id, worst, promotion.currency)
    _count_use(promotion, actor.member_id, limit)
    coupon_id = take_code(promotion_id, actor.member_id, cause, worst)
    if cost:
        note = promotion.key
        booking.spend(actor, cost, Cause(CauseType.COUPON, str(coupon_id)), note=note)
    owe(promotion_id, worst)
    tell(actor.member_id, "coupon", f"coupon:{coupon_id}", coupon_id=coupon_id)
    record(CouponClaimed(actor.member_id, promotion_id, coupon_id))
    watch_stock(promotion_id)
    return coupon_id


def _check(actor: Actor, promotion: Promotion) -> None:
    assert actor.member_id is not None
    why = hindrance(
        status=promotion.status, starts_at=promotion.starts_at, ends_at=promotion.ends_at, at=clock.now(),
        rank=actor.rank, min_rank=promotion.min_rank, claimed=0, limit=1, left=None, cost=promotion.cost_points,
        available=balances.available(actor.member_id),
    )  # fmt: skip
    if why is Hindrance.RANK:
        raise Forbidden(sentence_of(why, promotion))
    if why is not None:
        raise Conflict(sentence_of(why, promotion))


def sentence_of(why: Hindrance, promotion: Promotion, missing: int = 0) -> Sentence:
    """Why this discount cannot be exchanged now, for the member."""
    sentences = {
        Hindrance.NOT_OPEN: _("This discount is closed for the moment. Your points were not used."),
        Hindrance.NOT_YET: _("This discount is not open yet."),
        Hindrance.OVER: _("This discount has ended."),
        Hindrance.RANK: _(
            "This discount opens with the rank %(rank)s.", rank=rank_name(promotion.min_rank).full
        ),
        Hindrance.LIMIT: _had_enough(promotion),
        Hindrance.POINTS: _("You do not have enough points for this discount yet."),
        Hindrance.STOCK: Exhausted.default,
    }
    return sentences[why]


def _had_enough(promotion: Promotion) -> Sentence:
    if promotion.is_monthly:
        return _("You have had it this month: it comes again on the first of the next.")
    return _("You already have this discount as often as it can be had.")


def uses_of(promotion: Promotion, member_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The criteria of the line that counts what a member had by a moment: of its month, where it comes anew each month."""
    month = month_of(at) if promotion.is_monthly else ""
    return (
        PromotionUse.promotion_id == promotion.id, PromotionUse.member_id == member_id, PromotionUse.month == month,
    )  # fmt: skip


def month_of(at: datetime) -> str:
    """The calendar month of a moment where the brand is."""
    return f"{i18n.local(at):%Y-%m}"


def _count_use(promotion: Promotion, member_id: int, limit: int) -> None:
    now = clock.now()
    month = month_of(now) if promotion.is_monthly else ""
    mine = uses_of(promotion, member_id, now)
    insert_once(PromotionUse, promotion_id=promotion.id, member_id=member_id, month=month, count=0)
    if not update_where(PromotionUse, *mine, PromotionUse.count < limit, count=PromotionUse.count + 1):
        raise Conflict(_had_enough(promotion))


def take_code(promotion_id: int, member_id: int, cause: str, worst: int) -> int:
    """One free code: locked rows are skipped on PostgreSQL; the conditional update decides everywhere."""
    now = clock.now()
    promotion = offering.load(promotion_id)
    ends = expires_at(now, promotion.valid_days, promotion.ends_at)
    free = (Coupon.promotion_id == promotion_id, Coupon.state == CouponState.AVAILABLE)
    while True:
        query = select(Coupon.id).where(*free).order_by(Coupon.id).limit(1)
        if on_postgresql():
            query = query.with_for_update(skip_locked=True)
        coupon_id = db.session.scalar(query)
        if coupon_id is None:
            raise Exhausted()
        taken = update_where(
            Coupon, Coupon.id == coupon_id, *free, state=CouponState.ALLOCATED, member_id=member_id, grant_cause=cause,
            allocated_at=now, expires_at=ends, liability_minor=worst,
        )  # fmt: skip
        if taken:
            return coupon_id


def owe(promotion_id: int, worst: int) -> None:
    """Promise the money, if the budget has room for the worst case and the promotion is still open."""
    within = Promotion.budget_minor.is_(None) | (Promotion.liability_minor + worst <= Promotion.budget_minor)
    is_open = Promotion.status == "active"
    values = {"liability_minor": Promotion.liability_minor + worst}
    if not update_where(Promotion, Promotion.id == promotion_id, is_open, within, **values):
        raise Conflict(_("The budget of this discount is used up. Your points were not used."))
    _watch_budget(promotion_id, worst)


def _watch_budget(promotion_id: int, added: int) -> None:
    """Tell managers once when a share of the budget is reached."""
    owed, budget = db.session.execute(
        select(Promotion.liability_minor, Promotion.budget_minor).where(Promotion.id == promotion_id)
    ).one()
    share = crossed(owed - added, owed, budget, thresholds(settings.get("promotions.budget_alerts")))
    if share is not None:
        cause = f"budget:{promotion_id}:{budget}:{share}"
        _tell_managers("promotion-budget", cause, promotion_id=promotion_id, share=share)


def _tell_managers(kind: str, cause: str, **params: int) -> None:
    for member_id in staff_ids(Role.MANAGER, Role.ADMIN):
        tell(member_id, kind, cause, **params)


def watch_stock(promotion_id: int) -> None:
    left, total = offering.stock(promotion_id)
    if stock_alerts(left, total, settings.get("promotions.alert_percent")):
        _tell_managers(
            "promotion-stock", f"stock:{promotion_id}:{total}", promotion_id=promotion_id, left=left
        )
    pause_below = settings.get("promotions.pause_percent")
    if left == 0 or left * 100 < pause_below * total:
        offering.pause_promotion(SYSTEM, promotion_id, "stock")


def _pause_if_empty(promotion_id: int) -> None:
    with unit_of_work():
        left, _total = offering.stock(promotion_id)
        if left == 0 and offering.load(promotion_id).status == "active":
            offering.pause_promotion(SYSTEM, promotion_id, "stock")
