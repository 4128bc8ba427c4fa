"""What gifts cost, on the page of the programme: goods and donations that were given, at their value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import cards
from common.db import db
from common.i18n import _, language, money
from common.lists import Page, keyset, page_of
from rewards.economics.sources import Figure, Line, Listing, add_figure, add_listing
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.rules import OrderState

LIST = "gifts"
GIVEN = (OrderState.PLACED, OrderState.SENT, OrderState.DONE)


def _given(since: datetime) -> tuple[Any, ...]:
    return GiftOrder.state.in_(GIVEN), GiftOrder.placed_at >= since


def given(since: datetime) -> Figure | None:
    """The value of what was given, by currency. One query."""
    rows = db.session.execute(
        select(GiftOrder.currency, func.sum(GiftOrder.value_minor))
        .where(*_given(since))
        .group_by(GiftOrder.currency)
    ).all()
    if not rows:
        return None
    return Figure(
        _("Gifts and donations"), ", ".join(money(int(total), currency) for currency, total in rows),
        _("What members exchanged their points for beyond discounts in this period, and thank-yous of the team, at their value."),
        LIST,
    )  # fmt: skip


def lines(since: datetime, after: str | None, size: int) -> Page[Line]:
    """The gifts behind it, the newest first. Two queries."""
    query = select(GiftOrder, Gift).join(Gift, Gift.id == GiftOrder.gift_id).where(*_given(since))
    rows = list(db.session.execute(keyset(query, GiftOrder.placed_at, GiftOrder.id, after, size)))
    page = page_of(rows, size, lambda row: (row.GiftOrder.placed_at, row.GiftOrder.id))
    who = cards(row.GiftOrder.member_id for row in page.items)
    return Page(
        [
            Line(
                who[order.member_id], gift.title(language()), money(order.value_minor, order.currency), order.placed_at,
                link=("gifts.edit", {"id": gift.id}),
            )
            for order, gift in page.items
        ],
        page.next,
    )  # fmt: skip


def register() -> None:
    """Called once by the package."""
    add_figure(given)
    add_listing(LIST, Listing(_("Gifts and donations"), _("Worth"), lines))
