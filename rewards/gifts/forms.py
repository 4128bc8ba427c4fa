"""What the forms of gifts send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common import i18n
from common.errors import Invalid
from common.i18n import _
from rewards.gifts.describing import GiftOffer
from rewards.gifts.models import Gift
from rewards.gifts.rules import GiftKind
from rewards.promotions.forms import CURRENCIES, KEY_SHAPE, Reader
from rewards.ranks.rules import TOP

NAMES = (
    "key", "kind", "title_fr", "title_en", "text_fr", "text_en", "cost_points", "min_rank", "value", "currency", "stock",
    "per_member_limit", "starts_at", "ends_at",
)  # fmt: skip


def read_gift(form: Mapping[str, str]) -> GiftOffer:
    """A gift as it was described. Raises :class:`Invalid` with every field that does not fit."""
    read = Reader(form)
    try:
        kind = GiftKind(form.get("kind", "goods"))
    except ValueError:
        kind, read.wrong["kind"] = GiftKind.GOODS, _("Choose one.")
    key = read.line("key", 60, needed=True).lower()
    if key and not KEY_SHAPE.fullmatch(key):
        read.wrong["key"] = _("Small letters, digits and dashes, for example spare-parts.")
    first, last = read.day("starts_at"), read.day("ends_at")
    currency = read.line("currency", 3) or "EUR"
    if currency not in CURRENCIES:
        read.wrong["currency"] = _("Choose one.")
    stock = read.whole("stock", 0, 1_000_000, -1)
    offer = GiftOffer(
        key=key, kind=kind, title_fr=read.line("title_fr", 80, needed=True), title_en=read.line("title_en", 80, needed=True),
        text_fr=read.line("text_fr", 300), text_en=read.line("text_en", 300),
        cost_points=read.whole("cost_points", 0, 1_000_000, 0), min_rank=read.whole("min_rank", 0, TOP, 0),
        value_minor=read.money("value") or 0, currency=currency,
        stock=None if stock < 0 or kind is GiftKind.PERK else stock,
        per_member_limit=read.whole("per_member_limit", 1, 1000, 1),
        starts_at=i18n.day_begins(first) if first else None,
        ends_at=i18n.day_begins(last + timedelta(days=1)) if last else None,
    )  # fmt: skip
    if read.wrong:
        raise Invalid(fields=read.wrong)
    return offer


def seen_stock(form: Mapping[str, str]) -> int | None:
    """The stock that the form showed when it was opened."""
    text = form.get("stock_seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "")[:400] for name in (*NAMES, "stock_seen")}


def typed_of(gift: Gift) -> dict[str, str]:
    """A gift as its form shows it."""
    values: dict[str, Any] = {name: getattr(gift, name, "") for name in NAMES}
    stock = "" if gift.stock is None else str(gift.stock)
    values |= {
        "kind": gift.kind.value,
        "stock": stock,
        "stock_seen": stock,
        "value": f"{gift.value_minor / 100:.2f}",
    }
    values["starts_at"] = i18n.local(gift.starts_at).date().isoformat()
    values["ends_at"] = (
        i18n.local(gift.ends_at - timedelta(seconds=1)).date().isoformat() if gift.ends_at else ""
    )
    return {name: str(value) for name, value in values.items()}
