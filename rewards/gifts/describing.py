"""The catalogue: write a gift down, change it, open it with a second person where it is dear, pause it, end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.gifts.models import Gift
from rewards.gifts.rules import GiftKind
from rewards.promotions.permissions import can_offer
from rewards.promotions.rules import PromotionStatus

settings.define(
    "rewards.two_persons", 50, unit=_("units of currency"), low=0, high=100_000,
    help=_("Value above which a gift is opened, and a thank-you given, by two persons."), guarded=True,
)  # fmt: skip
FIXED = ("key", "kind", "value_minor", "currency")
TO_BE_AGREED = ("cost_points", "min_rank", "stock", "per_member_limit")
"""What makes a dear gift cheaper or reach more members: whoever changes it is not the one who opens it."""


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift as it is described. ``stock`` None: as many as are asked for."""

    key: str
    kind: GiftKind
    title_fr: str
    title_en: str
    text_fr: str = ""
    text_en: str = ""
    cost_points: int = 0
    min_rank: int = 0
    value_minor: int = 0
    currency: str = "EUR"
    stock: int | None = None
    per_member_limit: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def two_persons_from() -> int:
    """The value in minor units above which two persons decide."""
    return 100 * settings.get("rewards.two_persons")


def describe(actor: Actor, offer: GiftOffer) -> int:
    """Write a gift down as a draft. The very same sent twice is one. Raises Invalid for a key that is taken."""
    require(can_offer(actor))
    _check(offer)
    values = {name: getattr(offer, name) for name in GiftOffer.__slots__ if name != "starts_at"}
    with unit_of_work():
        made = insert_once(
            Gift, **values, starts_at=offer.starts_at or clock.now(), status=PromotionStatus.DRAFT,
            made_by_id=actor.member_id, created_at=clock.now(),
        )  # fmt: skip
        if made is not None:
            audit.write(actor, "gift.described", "gift", made, after=offer.key)
            return made
        there = db.session.scalars(select(Gift).where(Gift.key == offer.key)).one()
        if any(getattr(there, name) != value for name, value in values.items()):
            raise Invalid(fields={"key": _("Another gift has this key already.")})
        return there.id


def change(actor: Actor, gift_id: int, offer: GiftOffer, stock_seen: int | None) -> bool:
    """Describe it anew. The stock changes only where nobody took one since the form was opened. True when new.

    A dear gift that is offered otherwise than it was opened is paused, until somebody else opens it again.
    """
    require(can_offer(actor))
    _check(offer)
    with unit_of_work():
        gift = load(gift_id)
        if gift.status is PromotionStatus.ENDED:
            raise Conflict(_("This gift has ended."))
        wanted = {name: getattr(offer, name) for name in GiftOffer.__slots__ if name not in FIXED}
        wanted["starts_at"] = offer.starts_at or gift.starts_at
        before = {name: getattr(gift, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if value != before[name]}
        if not changed:
            return False
        seen = (
            [Gift.stock.is_(None) if stock_seen is None else Gift.stock == stock_seen]
            if "stock" in changed
            else []
        )
        again = gift.value_minor > two_persons_from() and any(name in changed for name in TO_BE_AGREED)
        live = (Gift.id == gift_id, Gift.status != PromotionStatus.ENDED)
        mine = {"made_by_id": actor.member_id} if again else {}
        if not update_where(Gift, *live, *seen, **changed, **mine):
            raise Invalid(fields={"stock": _("Somebody took one in the meantime: look at the stock again.")})
        if again and load(gift_id).status is PromotionStatus.ACTIVE:
            _turn(actor, gift_id, (PromotionStatus.ACTIVE,), PromotionStatus.PAUSED)
        audit.write(actor, "gift.changed", "gift", gift_id, {name: before[name] for name in changed}, changed)
        return True


def open_gift(actor: Actor, gift_id: int) -> bool:
    """Let members have it. A dear one needs another person than who described it. True when that is new."""
    require(can_offer(actor))
    with unit_of_work():
        gift = load(gift_id)
        own = actor.member_id is not None and gift.made_by_id == actor.member_id
        if gift.value_minor > two_persons_from() and own:
            raise Conflict(
                _(
                    "A gift of this value is opened by another manager than the one who described it, or changed what it costs and who gets it."
                )
            )
        return _turn(actor, gift_id, (PromotionStatus.DRAFT, PromotionStatus.PAUSED), PromotionStatus.ACTIVE)


def pause_gift(actor: Actor, gift_id: int) -> bool:
    """Not for now; orders go on."""
    require(can_offer(actor))
    with unit_of_work():
        return _turn(actor, gift_id, (PromotionStatus.ACTIVE,), PromotionStatus.PAUSED)


def end_gift(actor: Actor, gift_id: int) -> bool:
    """Never again; orders go on."""
    require(can_offer(actor))
    live = (PromotionStatus.DRAFT, PromotionStatus.ACTIVE, PromotionStatus.PAUSED)
    with unit_of_work():
        return _turn(actor, gift_id, live, PromotionStatus.ENDED)


def load(gift_id: int) -> Gift:
    """The gift. Raises NotFound."""
    gift = db.session.get(Gift, gift_id, populate_existing=True)
    if gift is None:
        raise NotFound()
    return gift


def _turn(actor: Actor, gift_id: int, before: tuple[PromotionStatus, ...], status: PromotionStatus) -> bool:
    old = load(gift_id).status
    if old is status:
        return False
    if not update_where(Gift, Gift.id == gift_id, Gift.status.in_(before), status=status):
        raise Conflict(_("This gift has ended.") if old is PromotionStatus.ENDED else _("Open it first."))
    audit.write(actor, "gift.status", "gift", gift_id, old.value, status.value)
    return True


def _check(offer: GiftOffer) -> None:
    wrong = {}
    if offer.kind is GiftKind.PERK and (offer.cost_points or offer.value_minor or not offer.min_rank):
        wrong["kind"] = _(
            "What a rank brings needs a rank, costs no points and has no value in money: for that, make a discount."
        )
    if offer.kind is GiftKind.GOODS and offer.stock is None:
        wrong["stock"] = _("How many are there?")
    if offer.kind is not GiftKind.PERK and not offer.value_minor:
        wrong["value"] = _("What it is worth, for the statement of value.")
    if offer.ends_at and offer.starts_at and offer.ends_at <= offer.starts_at:
        wrong["ends_at"] = _("The end must come after the beginning.")
    if wrong:
        raise Invalid(fields=wrong)
