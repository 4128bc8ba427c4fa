"""Make a promotion, change it, open it, pause it, end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import record, unit_of_work
from rewards.events import PromotionEnded
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.permissions import can_offer
from rewards.promotions.rules import (
    CodeSource,
    CouponMove,
    CouponState,
    PromotionKind,
    PromotionStatus,
    faults,
    sources,
)

PROMISED = ("kind", "value", "currency", "max_discount_minor", "min_basket_minor", "is_monthly")
"""What stays as it is once a member has a code: it was promised."""
FIELDS = {"min_basket_minor": "min_basket"}
KEPT = ("key", "code_source")


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as it is described; money in minor units."""

    key: str
    kind: PromotionKind
    value: int
    title_fr: str
    title_en: str
    cost_points: int
    terms_fr: str = ""
    terms_en: str = ""
    max_discount_minor: int | None = None
    min_basket_minor: int | None = None
    budget_minor: int | None = None
    currency: str = "EUR"
    min_rank: int = 0
    per_member_limit: int = 1
    is_monthly: bool = False
    valid_days: int = 60
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    code_source: CodeSource = CodeSource.POOL


def offer_promotion(actor: Actor, offer: Offer) -> int:
    """Write a promotion down as a draft; the same key again gives the first one. Returns its id."""
    require(can_offer(actor))
    if not offer.key.strip() or not offer.title_fr.strip() or not offer.title_en.strip():
        raise Invalid(fields={"title": _("A discount needs a key and a name in both languages.")})
    values = {name: getattr(offer, name) for name in Offer.__slots__ if name != "starts_at"}
    with unit_of_work():
        made = insert_once(
            Promotion,
            **values,
            starts_at=offer.starts_at or clock.now(),
            status=PromotionStatus.DRAFT,
            created_at=clock.now(),
        )
        if made is None:
            return db.session.scalars(select(Promotion.id).where(Promotion.key == offer.key)).one()
        audit.write(actor, "promotion.offered", "promotion", made, after=offer.key)
        return made


def offer_new(actor: Actor, offer: Offer) -> int:
    """The same from a form: a key that is taken is said, unless it is the very same offer sent twice."""
    with unit_of_work():
        taken = db.session.scalar(select(Promotion).where(Promotion.key == offer.key))
        if taken is not None:
            same = all(
                getattr(taken, name) == getattr(offer, name)
                for name in Offer.__slots__
                if name != "starts_at"
            )
            if not same:
                raise Invalid(fields={"key": _("Another discount has this key already.")})
        return offer_promotion(actor, offer)


def change_promotion(actor: Actor, promotion_id: int, offer: Offer) -> bool:
    """Describe a promotion anew. What members were promised stays once one of them has a code; an open promotion must
    stay one that may be open; the budget covers what is owed already. True when something changed."""
    require(can_offer(actor))
    with unit_of_work():
        promotion = load(promotion_id)
        if promotion.status is PromotionStatus.ENDED:
            raise Conflict(_("This discount has ended."))
        wanted = {name: getattr(offer, name) for name in Offer.__slots__ if name not in KEPT}
        wanted["starts_at"] = offer.starts_at or promotion.starts_at
        before = {name: getattr(promotion, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if value != before[name]}
        if not changed:
            return False
        _check_change(promotion, changed)
        room = Promotion.liability_minor <= offer.budget_minor if offer.budget_minor is not None else true()
        alive = Promotion.status != PromotionStatus.ENDED
        if not update_where(Promotion, Promotion.id == promotion_id, alive, room, **changed):
            raise Invalid(fields={"budget": _("More than this is promised to members already.")})
        after = load(promotion_id)
        wrong = faults(after.terms) if after.status is PromotionStatus.ACTIVE else []
        if wrong:
            raise _unfit(wrong)
        audit.write(
            actor, "promotion.changed", "promotion", promotion_id, {name: before[name] for name in changed}, changed
        )  # fmt: skip
        return True


def _check_change(promotion: Promotion, changed: dict[str, object]) -> None:
    given = (Coupon.promotion_id == promotion.id, Coupon.member_id.is_not(None))
    kept = [name for name in PROMISED if name in changed]
    if kept and db.session.scalar(select(Coupon.id).where(*given).limit(1)) is not None:
        why = _("Members have codes of this discount: what it takes off stays as it was promised.")
        raise Invalid(fields={FIELDS.get(name, name): why for name in kept})


def _unfit(wrong: list[str]) -> Invalid:
    said = {
        "max_discount_minor": _("A percentage, or a budget, needs the most that one code may take off."),
        "ends_at": _("The end must come after the beginning."),
    }
    sentence = _("This discount cannot be opened as it is.")
    return Invalid(sentence, {name: said.get(name, _("Check this value.")) for name in wrong})


def open_promotion(actor: Actor, promotion_id: int) -> bool:
    """Let members exchange it. Raises :class:`Invalid` with the fields that forbid it. True when that is new."""
    require(can_offer(actor))
    with unit_of_work():
        promotion = load(promotion_id)
        wrong = faults(promotion.terms)
        if wrong:
            raise _unfit(wrong)
        return _set_status(
            actor, promotion_id, (PromotionStatus.DRAFT, PromotionStatus.PAUSED), PromotionStatus.ACTIVE
        )


def pause_promotion(actor: Actor, promotion_id: int, reason: str = "") -> bool:
    """Stop exchanges for now; coupons already given stay good."""
    require(can_offer(actor))
    with unit_of_work():
        return _set_status(actor, promotion_id, (PromotionStatus.ACTIVE,), PromotionStatus.PAUSED, reason)


def end_promotion(actor: Actor, promotion_id: int) -> bool:
    """End it for good: the codes nobody has are withdrawn."""
    require(can_offer(actor))
    with unit_of_work():
        live = (PromotionStatus.DRAFT, PromotionStatus.ACTIVE, PromotionStatus.PAUSED)
        ended = _set_status(actor, promotion_id, live, PromotionStatus.ENDED)
        unused = (Coupon.promotion_id == promotion_id, Coupon.state.in_(sources(CouponMove.WITHDRAW)))
        update_where(Coupon, *unused, state=CouponState.VOID)
        record(PromotionEnded(promotion_id))
        return ended


def end_due() -> int:
    """End what is past its last day (a job). Returns how many."""
    live = (PromotionStatus.ACTIVE, PromotionStatus.PAUSED)
    due = select(Promotion.id).where(Promotion.status.in_(live), Promotion.ends_at <= clock.now())
    return sum(end_promotion(SYSTEM, one) for one in db.session.scalars(due.limit(200)).all())


def load(promotion_id: int) -> Promotion:
    """The promotion. Raises :class:`NotFound`."""
    promotion = db.session.get(Promotion, promotion_id, populate_existing=True)
    if promotion is None:
        raise NotFound()
    return promotion


def by_key(key: str) -> int:
    """The id of a promotion. Raises :class:`NotFound`."""
    found = db.session.scalar(select(Promotion.id).where(Promotion.key == key))
    if found is None:
        raise NotFound(_("There is no discount of this key."))
    return found


def stock(promotion_id: int) -> tuple[int, int]:
    """(codes left, codes in all)."""
    rows = dict(
        db.session.execute(
            select(Coupon.state, func.count())
            .where(Coupon.promotion_id == promotion_id)
            .group_by(Coupon.state)
        ).all()
    )
    return rows.get(CouponState.AVAILABLE, 0), sum(rows.values())


def _set_status(
    actor: Actor,
    promotion_id: int,
    before: tuple[PromotionStatus, ...],
    status: PromotionStatus,
    reason: str = "",
) -> bool:
    old = load(promotion_id).status
    if old is status:
        return False
    changed = update_where(
        Promotion,
        Promotion.id == promotion_id,
        Promotion.status.in_(before),
        status=status,
        paused_reason=reason or None,
    )
    if not changed:
        raise Conflict(_("This discount has ended."))
    audit.write(actor, "promotion.status", "promotion", promotion_id, old.value, status.value, reason)
    return True
