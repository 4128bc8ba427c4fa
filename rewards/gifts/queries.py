"""Reads of gifts, shaped for the member's pages and the desk. Never an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _, n_
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.gifts import describing
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.ordering import had, sentence_of
from rewards.gifts.permissions import can_thank
from rewards.gifts.rules import LIVE, GiftKind, OrderState
from rewards.ledger import balances
from rewards.promotions.permissions import can_claim, can_offer
from rewards.promotions.rules import Hindrance, PromotionStatus, hindrance

SIZE = 30
KIND_WORDS: dict[GiftKind, Sentence] = {
    GiftKind.GOODS: _("Goods, sent to the member"),
    GiftKind.DONATION: _("A donation in the member's name"),
    GiftKind.PERK: _("Comes with a rank, for good"),
}
STATE_WORDS: dict[OrderState, Sentence] = {
    OrderState.PROPOSED: _("waits for a second person"),
    OrderState.ADDRESS: _("waits for the address"),
    OrderState.PLACED: _("to be sent"),
    OrderState.SENT: _("sent"),
    OrderState.DONE: _("given"),
    OrderState.CANCELLED: _("cancelled"),
    OrderState.REFUSED: _("refused"),
}
MINE_WORDS: dict[OrderState, Sentence] = {
    OrderState.ADDRESS: _("We need your address"),
    OrderState.PLACED: _("Being prepared"),
    OrderState.SENT: _("On its way"),
    OrderState.DONE: _("Given"),
    OrderState.CANCELLED: _("Cancelled, points returned"),
}


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A gift as a member sees it."""

    id: int
    kind: GiftKind
    title: str
    text: str
    cost: int
    why: Hindrance | None
    sentence: Sentence | str | None
    share: int
    personal: bool

    @property
    def under(self) -> Sentence | str:
        """The price in a word or two."""
        return n_("%(count)s point", "%(count)s points", self.cost) if self.cost else _("for you")


def shown_to(actor: Actor) -> list[GiftCard]:
    """What the catalogue holds for a member, the cheapest first. Three queries."""
    if actor.member_id is None or actor.works_here:
        return []
    now = clock.now()
    rows = db.session.scalars(
        select(Gift)
        .where(Gift.status == PromotionStatus.ACTIVE, Gift.starts_at <= now)
        .where(or_(Gift.ends_at.is_(None), Gift.ends_at > now))
        .order_by(Gift.cost_points, Gift.id)
        .limit(60)
    ).all()
    if not rows:
        return []
    available, taken = balances.available(actor.member_id), _taken(actor.member_id, [row.id for row in rows])
    return [_card(row, actor, available, taken.get(row.id, 0)) for row in rows]


def one(actor: Actor, gift_id: int) -> GiftCard | None:
    """One gift for its page, None where there is none for members."""
    row = db.session.get(Gift, gift_id)
    if row is None or row.status is PromotionStatus.DRAFT or actor.member_id is None:
        return None
    return _card(row, actor, balances.available(actor.member_id), had(actor.member_id, gift_id))


def _taken(member_id: int, ids: list[int]) -> dict[int, int]:
    mine = (GiftOrder.member_id == member_id, GiftOrder.gift_id.in_(ids), GiftOrder.is_thanks.is_(False))
    counted = select(GiftOrder.gift_id, func.count()).where(*mine, GiftOrder.state.in_(LIVE))
    return dict(db.session.execute(counted.group_by(GiftOrder.gift_id)).all())


def _card(row: Gift, actor: Actor, available: int, taken: int) -> GiftCard:
    language = i18n.language()
    why = hindrance(
        status=row.status, starts_at=row.starts_at, ends_at=row.ends_at, at=clock.now(), rank=actor.rank,
        min_rank=row.min_rank, claimed=0 if row.kind is GiftKind.PERK else taken, limit=row.per_member_limit,
        available=available, cost=row.cost_points, left=row.stock,
    )  # fmt: skip
    sentence: Sentence | str | None = sentence_of(why, row) if why else None
    if why is Hindrance.POINTS:
        missing = row.cost_points - available
        sentence = n_("You need %(count)s point more.", "You need %(count)s points more.", missing)
    allowed = can_claim(actor)
    if not allowed and why is None:
        why, sentence = Hindrance.NOT_OPEN, allowed.sentence
    return GiftCard(
        id=row.id, kind=row.kind, title=row.title(language), text=row.text(language), cost=row.cost_points, why=why,
        sentence=sentence, share=min(99, 100 * max(0, available) // (row.cost_points or 1)),
        personal=0 < row.min_rank <= actor.rank,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order, for its member or for the team."""

    id: int
    title: str
    kind: GiftKind
    state: OrderState
    words: str
    is_thanks: bool
    tracking: str
    reason: str
    ordered_at: datetime
    closed_at: datetime | None
    value_minor: int
    currency: str
    member: MemberCard
    proposed_by_id: int | None


def titles_of(order_ids: list[int]) -> dict[int, str]:
    """What some orders are of, for the statement of points. One query."""
    rows = db.session.execute(
        select(GiftOrder.id, Gift).join(Gift, Gift.id == GiftOrder.gift_id).where(GiftOrder.id.in_(order_ids))
    )
    return {order_id: gift.title(i18n.language()) for order_id, gift in rows}


def orders_of(member_id: int) -> list[OrderCard]:
    """A member's own gifts, the newest first; what waits for a second person or was refused is not theirs to know."""
    hidden = (OrderState.PROPOSED, OrderState.REFUSED)
    query = _orders().where(GiftOrder.member_id == member_id, GiftOrder.state.not_in(hidden))
    return _order_cards(query.order_by(GiftOrder.ordered_at.desc(), GiftOrder.id.desc()).limit(100))


def orders(actor: Actor, state: str, after: str) -> Page[OrderCard]:
    """Orders for managers, the newest first. Two queries."""
    require(can_offer(actor))
    query = _orders()
    if state in set(OrderState):
        query = query.where(GiftOrder.state == state)
    rows = _order_cards(keyset(query, GiftOrder.ordered_at, GiftOrder.id, after, SIZE))
    return page_of(rows, SIZE, lambda row: (row.ordered_at, row.id))


def _orders():
    return select(GiftOrder, Gift).join(Gift, Gift.id == GiftOrder.gift_id)


def _order_cards(query) -> list[OrderCard]:
    rows, language = db.session.execute(query).all(), i18n.language()
    people = cards(order.member_id for order, _gift in rows)
    return [
        OrderCard(
            id=order.id, title=gift.title(language), kind=gift.kind, state=order.state, words=order.words,
            is_thanks=order.is_thanks, tracking=order.tracking, reason=order.reason, ordered_at=order.ordered_at,
            closed_at=order.closed_at, value_minor=order.value_minor, currency=order.currency,
            member=people[order.member_id], proposed_by_id=order.proposed_by_id,
        )
        for order, gift in rows
    ]  # fmt: skip


def catalogue(actor: Actor, after: str) -> Page[Gift]:
    """All gifts for managers, the newest first."""
    require(can_offer(actor))
    rows = list(db.session.scalars(keyset(select(Gift), Gift.created_at, Gift.id, after, SIZE)))
    return page_of(rows, SIZE, lambda row: (row.created_at, row.id))


def waiting(actor: Actor) -> tuple[int, int]:
    """(to approve, to send). One query."""
    require(can_offer(actor))
    wanted = (OrderState.PROPOSED, OrderState.PLACED)
    counted = (
        select(GiftOrder.state, func.count()).where(GiftOrder.state.in_(wanted)).group_by(GiftOrder.state)
    )
    found = dict(db.session.execute(counted).all())
    return found.get(OrderState.PROPOSED, 0), found.get(OrderState.PLACED, 0)


def givable(actor: Actor) -> list[tuple[str, str]]:
    """Gifts that can be a thank-you, for a form."""
    require(can_thank(actor))
    query = (
        select(Gift)
        .where(Gift.status == PromotionStatus.ACTIVE, Gift.kind != GiftKind.PERK)
        .order_by(Gift.id)
    )
    rows = db.session.scalars(query.limit(100))
    return [
        (str(row.id), f"{row.title(i18n.language())} ({i18n.money(row.value_minor, row.currency)})")
        for row in rows
    ]


def loaded(actor: Actor, gift_id: int) -> Gift:
    """One gift for managers."""
    require(can_offer(actor))
    return describing.load(gift_id)
