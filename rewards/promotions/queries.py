"""Reads of promotions and coupons, shaped for pages. A code is decrypted only for its owner, after a reveal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, not_, select

from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _, money, n_, number
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from rewards.promotions import secrecy
from rewards.promotions.amends.replacing import can_replace
from rewards.promotions.claiming import month_of, sentence_of
from rewards.promotions.models import Coupon, Promotion, PromotionUse
from rewards.promotions.permissions import can_claim
from rewards.promotions.rules import CouponState, Hindrance, PromotionKind, PromotionStatus, hindrance

MOST = 500
"""Coupons to use that one page shows; nobody has as many."""


@dataclass(frozen=True, slots=True)
class OfferCard:
    """A discount on the rewards centre: what it is, what it costs, why it cannot be had now."""

    id: int
    value: str
    title: str
    terms: str
    cost: int
    why: Hindrance | None
    sentence: Sentence | str | None
    missing: int
    share: int
    validity: Sentence
    personal: bool
    monthly: bool


@dataclass(frozen=True, slots=True)
class CouponCard:
    """A member's own coupon. ``code`` is there only once it was revealed."""

    id: int
    value: str
    title: str
    terms: str
    state: CouponState
    code: str | None
    allocated_at: datetime
    expires_at: datetime | None
    redeemed_at: datetime | None
    usable: bool
    personal: bool
    """Given by a rule on the rank: the page says so (Directive 2011/83 art. 6(1)(ea), §A5.5)."""
    replaceable: bool


def value_of(promotion: Promotion) -> str:
    """« −15 % », « −20 € », or no shipping costs."""
    if promotion.kind is PromotionKind.PERCENT:
        return f"−{promotion.value}\u00a0%"
    if promotion.kind is PromotionKind.AMOUNT:
        return f"−{_round_money(promotion.value, promotion.currency)}"
    return _round_money(0, promotion.currency)


def _round_money(minor: int, currency: str) -> str:
    shown = money(minor, currency)
    for cents in (",00", ".00"):
        if minor % 100 == 0:
            shown = shown.replace(cents, "")
    return shown


def offers(actor: Actor, available: int, rank: int) -> list[OfferCard]:
    """The discounts that are open, the cheapest first, as this member stands. Three queries.

    Those the member has as often as can be are left out: they stand among the own coupons. What comes anew each month
    stays, and says when.
    """
    now = clock.now()
    rows = db.session.scalars(
        select(Promotion)
        .where(Promotion.status == PromotionStatus.ACTIVE, Promotion.starts_at <= now)
        .where(Promotion.ends_at.is_(None) | (Promotion.ends_at > now))
        .order_by(Promotion.cost_points, Promotion.id)
        .limit(60)
    ).all()
    left = _left([row.id for row in rows])
    used = _used(actor.member_id, [row.id for row in rows])
    cards = (_offer(row, actor, available, rank, left.get(row.id, 0), used.get(row.id, 0)) for row in rows)
    return [card for card in cards if card.monthly or card.why is not Hindrance.LIMIT]


def _offer(row: Promotion, actor: Actor, available: int, rank: int, left: int, used: int) -> OfferCard:
    language = i18n.language()
    why = hindrance(
        status=row.status, starts_at=row.starts_at, ends_at=row.ends_at, at=clock.now(), rank=rank, min_rank=row.min_rank,
        claimed=used, limit=row.per_member_limit, available=available, cost=row.cost_points, left=left,
    )  # fmt: skip
    missing = max(0, row.cost_points - available)
    sentence: Sentence | str | None = sentence_of(why, row) if why else None
    if why is Hindrance.POINTS:
        sentence = n_("You need %(count)s point more.", "You need %(count)s points more.", missing)
    allowed = can_claim(actor)
    if not allowed and why is None:
        why, sentence = Hindrance.NOT_OPEN, allowed.sentence
    return OfferCard(
        id=row.id, value=value_of(row), title=row.title(language), terms=row.terms_text(language), cost=row.cost_points,
        why=why, sentence=sentence, missing=missing, share=min(99, 100 * max(0, available) // (row.cost_points or 1)),
        personal=0 < row.min_rank <= rank, monthly=row.is_monthly,
        validity=n_("Valid for %(count)s day after the exchange.", "Valid for %(count)s days after the exchange.", row.valid_days),
    )  # fmt: skip


def _left(ids: list[int]) -> dict[int, int]:
    free = (Coupon.promotion_id.in_(ids), Coupon.state == CouponState.AVAILABLE)
    rows = db.session.execute(
        select(Coupon.promotion_id, func.count()).where(*free).group_by(Coupon.promotion_id)
    )
    return dict(rows.all()) if ids else {}


def _used(member_id: int | None, ids: list[int]) -> dict[int, int]:
    if member_id is None or not ids:
        return {}
    mine = (
        PromotionUse.member_id == member_id, PromotionUse.promotion_id.in_(ids),
        PromotionUse.month.in_(("", month_of(clock.now()))),
    )  # fmt: skip
    return dict(db.session.execute(select(PromotionUse.promotion_id, PromotionUse.count).where(*mine)).all())


def titles_of(coupon_ids: list[int]) -> dict[int, str]:
    """The names of the discounts some coupons belong to, for the statement. One query, none for no coupon."""
    if not coupon_ids:
        return {}
    language = i18n.language()
    rows = db.session.execute(
        select(Coupon.id, Promotion)
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(Coupon.id.in_(coupon_ids))
    )
    return {coupon_id: promotion.title(language) for coupon_id, promotion in rows}


def usable_of(member_id: int) -> list[CouponCard]:
    """A member's own coupons that can be used, the newest first: all of them, on one page. One query."""
    return _cards(
        _own(member_id).where(_usable()).order_by(Coupon.allocated_at.desc(), Coupon.id.desc()).limit(MOST)
    )


def over_of(member_id: int, after: str | None = None, size: int = 30) -> Page[CouponCard]:
    """Those that were used or are over, the newest first, a part at a time. One query."""
    query = keyset(_own(member_id).where(not_(_usable())), Coupon.allocated_at, Coupon.id, after, size)
    return page_of(_cards(query), size, lambda one: (one.allocated_at, one.id))


def _own(member_id: int) -> Any:
    joined = select(Coupon, Promotion).join(Promotion, Promotion.id == Coupon.promotion_id)
    return joined.where(Coupon.member_id == member_id)


def _usable() -> Any:
    in_time = Coupon.expires_at.is_(None) | (Coupon.expires_at > clock.now())
    return (Coupon.state == CouponState.ALLOCATED) & in_time


def _cards(query: Any) -> list[CouponCard]:
    return [_coupon(coupon, promotion) for coupon, promotion in db.session.execute(query)]


def _coupon(coupon: Coupon, promotion: Promotion) -> CouponCard:
    language = i18n.language()
    usable = coupon.state is CouponState.ALLOCATED and (
        coupon.expires_at is None or coupon.expires_at > clock.now()
    )
    shown = usable and coupon.revealed_at is not None
    return CouponCard(
        id=coupon.id, value=value_of(promotion), title=promotion.title(language), terms=promotion.terms_text(language),
        state=coupon.state, code=secrecy.decrypt(coupon.code_cipher) if shown else None, redeemed_at=coupon.redeemed_at,
        allocated_at=coupon.allocated_at or coupon.created_at, expires_at=coupon.expires_at, usable=usable, personal=promotion.min_rank > 0,
        replaceable=can_replace(coupon),
    )  # fmt: skip


STATE_WORDS: dict[CouponState, Sentence] = {
    CouponState.ALLOCATED: _("To use"),
    CouponState.REDEEMED: _("Used"),
    CouponState.EXPIRED: _("Expired"),
    CouponState.REVOKED: _("Taken back"),
    CouponState.REFUNDED: _("Order cancelled"),
}


def points_words(cost: int) -> Sentence:
    """« 400 points », or that it costs none."""
    return n_("%(count)s point", "%(count)s points", cost) if cost else _("for you")


def amount(value: int) -> str:
    """A signed number of points with a real minus sign."""
    return f"+\u00a0{number(value)}" if value > 0 else f"−\u00a0{number(-value)}" if value < 0 else "0"
