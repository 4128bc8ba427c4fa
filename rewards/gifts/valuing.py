"""What gifts are worth to members, for the statement of value. A donation is no benefit of the member's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from common.i18n import _
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.rules import HELD, RECEIVED, GiftKind
from rewards.worth.sources import Source, add_source


def _given(start: datetime, end: datetime) -> Any:
    return (
        select(
            GiftOrder.member_id.label("member_id"), GiftOrder.placed_at.label("at"), GiftOrder.value_minor.label("minor"),
            GiftOrder.currency.label("currency"), Gift.title_fr.label("title_fr"), Gift.title_en.label("title_en"),
            Gift.key.label("reference"),
        )
        .join(Gift, Gift.id == GiftOrder.gift_id)
        .where(Gift.kind == GiftKind.GOODS, GiftOrder.state.in_(RECEIVED))
        .where(GiftOrder.placed_at >= start, GiftOrder.placed_at < end)
    )  # fmt: skip


def _promised() -> Any:
    return (
        select(GiftOrder.member_id.label("member_id"), GiftOrder.value_minor.label("minor"), GiftOrder.currency.label("currency"))
        .join(Gift, Gift.id == GiftOrder.gift_id)
        .where(Gift.kind == GiftKind.GOODS, GiftOrder.state.in_(HELD))
    )  # fmt: skip


def register() -> None:
    """Called once by the package."""
    add_source(Source("gift", _("Gift"), _given, _promised))
