"""Make a promotion, open it, pause it, end it; bring its codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, insert_many, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.promotions import secrecy
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.permissions import can_offer
from rewards.promotions.rules import (
    CodeSource,
    CouponMove,
    CouponState,
    PromotionKind,
    PromotionStatus,
    clean_code,
    faults,
    sources,
)

SHARE = 500


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
    valid_days: int = 60
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    code_source: CodeSource = CodeSource.POOL


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the lines of a pool."""

    new: int = 0
    known: int = 0
    unreadable: int = 0


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


def open_promotion(actor: Actor, promotion_id: int) -> bool:
    """Let members exchange it. Raises :class:`Invalid` with the fields that forbid it. True when that is new."""
    require(can_offer(actor))
    with unit_of_work():
        promotion = load(promotion_id)
        wrong = faults(promotion.terms)
        if wrong:
            raise Invalid(
                _("This discount cannot be opened as it is."),
                {name: _("Check this value.") for name in wrong},
            )
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
        return ended


def bring_codes(actor: Actor, promotion_id: int, codes: Iterable[str]) -> Brought:
    """Add a pool of codes, any number, streamed. Known ones (in any promotion) are passed over."""
    require(can_offer(actor))
    new = known = unreadable = 0
    for part in _parts(codes):
        cleaned = [clean_code(text) for text in part]
        good = {secrecy.fingerprint(code): code for code in cleaned if code}
        with unit_of_work():
            load(promotion_id)
            there = set(
                db.session.scalars(select(Coupon.code_norm_hash).where(Coupon.code_norm_hash.in_(good)))
            )
            _store(promotion_id, {key: code for key, code in good.items() if key not in there})
        unreadable += cleaned.count(None)
        new += len(good) - len(there)
        known += len(part) - cleaned.count(None) - len(good) + len(there)
    with unit_of_work():
        audit.write(actor, "promotion.codes_brought", "promotion", promotion_id, after=new)
    return Brought(new, known, unreadable)


def make_codes(actor: Actor, promotion_id: int, count: int) -> Brought:
    """Make codes here, for a shop that takes any."""
    return bring_codes(actor, promotion_id, (secrecy.new_code() for _number in range(count)))


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


def _parts(codes: Iterable[str]) -> Iterator[list[str]]:
    stream = (text for text in codes if text.strip())
    while part := list(islice(stream, SHARE)):
        yield part


def _store(promotion_id: int, codes: dict[str, str]) -> None:
    insert_many(
        Coupon,
        [
            {
                "promotion_id": promotion_id, "code_norm_hash": key, "code_cipher": secrecy.encrypt(code),
                "state": CouponState.AVAILABLE, "created_at": clock.now(), "liability_minor": 0,
            }
            for key, code in codes.items()
        ],
        once=True,
    )  # fmt: skip


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
