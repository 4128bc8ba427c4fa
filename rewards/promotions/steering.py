"""What managers read of discounts at the desk: state, stock, budget as liability, who has a code. Never a code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n, settings
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.promotions import offering, secrecy
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.permissions import can_offer
from rewards.promotions.queries import value_of
from rewards.promotions.rules import CouponState, PromotionStatus, stock_alerts

SIZE = 30

STATUS_WORDS: dict[PromotionStatus, Sentence] = {
    PromotionStatus.DRAFT: _("Draft"),
    PromotionStatus.ACTIVE: _("Open to members"),
    PromotionStatus.PAUSED: _("Paused"),
    PromotionStatus.ENDED: _("Ended"),
}
STATE_WORDS: dict[CouponState, Sentence] = {
    CouponState.AVAILABLE: _("free"),
    CouponState.ALLOCATED: _("given, not used"),
    CouponState.REDEEMED: _("used"),
    CouponState.EXPIRED: _("expired"),
    CouponState.REVOKED: _("taken back"),
    CouponState.VOID: _("withdrawn"),
    CouponState.REFUNDED: _("order cancelled"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A discount with its figures. Money in minor units."""

    row: Promotion
    value: str
    title: str
    status_words: Sentence
    counts: dict[CouponState, int]
    low: bool

    @property
    def left(self) -> int:
        """Codes nobody has."""
        return self.counts.get(CouponState.AVAILABLE, 0)

    @property
    def total(self) -> int:
        """All codes."""
        return sum(self.counts.values())

    @property
    def share(self) -> int | None:
        """Percent of the budget that is owed or spent; None without a budget."""
        budget = self.row.budget_minor
        return None if budget is None else min(100, 100 * self.row.liability_minor // max(1, budget))


def page(actor: Actor, status: str, after: str) -> Page[Line]:
    """The discounts, the newest first. Two queries."""
    require(can_offer(actor))
    query = select(Promotion)
    if status in set(PromotionStatus):
        query = query.where(Promotion.status == status)
    rows = db.session.scalars(keyset(query, Promotion.created_at, Promotion.id, after, SIZE)).all()
    shown = page_of(list(rows), SIZE, lambda row: (row.created_at, row.id))
    return Page(_lines(shown.items), shown.next)


def one(actor: Actor, promotion_id: int) -> Line:
    """One discount. Raises Forbidden and NotFound."""
    require(can_offer(actor))
    return _lines([offering.load(promotion_id)])[0]


def _lines(rows: Iterable[Promotion]) -> list[Line]:
    rows, language = list(rows), i18n.language()
    counts: dict[int, dict[CouponState, int]] = {row.id: {} for row in rows}
    counted = select(Coupon.promotion_id, Coupon.state, func.count()).where(Coupon.promotion_id.in_(counts))
    for promotion_id, state, count in db.session.execute(counted.group_by(Coupon.promotion_id, Coupon.state)):
        counts[promotion_id][state] = count
    percent = settings.get("promotions.alert_percent")
    return [
        Line(
            row, value_of(row), row.title(language), STATUS_WORDS[row.status], counts[row.id],
            row.status is not PromotionStatus.ENDED
            and stock_alerts(counts[row.id].get(CouponState.AVAILABLE, 0), sum(counts[row.id].values()), percent),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """A code somebody has, without the code."""

    id: int
    owner: MemberCard
    state: CouponState
    state_words: Sentence
    allocated_at: datetime
    expires_at: datetime | None
    revealed: bool
    order_ref: str | None
    amount_minor: int | None
    revocable: bool


def given(actor: Actor, promotion_id: int, after: str) -> Page[Given]:
    """Who has codes of a discount, the latest first. Two queries."""
    require(can_offer(actor))
    query = select(Coupon).where(Coupon.promotion_id == promotion_id, Coupon.allocated_at.is_not(None))
    rows = list(db.session.scalars(keyset(query, Coupon.allocated_at, Coupon.id, after, SIZE)))
    shown = page_of(rows, SIZE, lambda row: (row.allocated_at, row.id))
    return Page(_given(shown.items), shown.next)


def of_code(actor: Actor, code: str) -> tuple[int, Given | None] | None:
    """The discount, and the holder if there is one, of a code that somebody quoted; None for an unknown one."""
    require(can_offer(actor))
    found = db.session.scalar(select(Coupon).where(Coupon.code_norm_hash == secrecy.fingerprint(code[:100])))
    if found is None:
        return None
    return found.promotion_id, _given([found])[0] if found.member_id is not None else None


def _given(rows: list[Coupon]) -> list[Given]:
    owners = cards(row.member_id for row in rows)
    return [
        Given(
            id=row.id, owner=owners[row.member_id], state=row.state, state_words=STATE_WORDS[row.state],
            allocated_at=row.allocated_at or row.created_at, expires_at=row.expires_at,
            revealed=row.revealed_at is not None, order_ref=row.order_ref, amount_minor=row.amount_minor,
            revocable=row.state is CouponState.ALLOCATED,
        )
        for row in rows
    ]  # fmt: skip


def opens_later(promotion: Promotion) -> bool:
    """Open, but its first day is still to come."""
    return promotion.status is PromotionStatus.ACTIVE and promotion.starts_at > clock.now()
