"""What the desk's forms of discounts send, read into what the verbs take. Whatever is wrong is said field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from common import i18n
from common.errors import Invalid
from common.i18n import Sentence, _
from common.text import normalise
from rewards.promotions.models import Promotion
from rewards.promotions.offering import Offer
from rewards.promotions.rules import CodeSource, PromotionKind
from rewards.ranks.rules import TOP

NAMES = (
    "key", "kind", "value", "title_fr", "title_en", "terms_fr", "terms_en", "max_discount_minor", "min_basket",
    "budget", "currency", "cost_points", "min_rank", "per_member_limit", "is_monthly", "valid_days", "starts_at", "ends_at",
    "code_source",
)  # fmt: skip
MOST_MINOR = 10_000_000
MOST_BUDGET = 100_000_000_000
CURRENCIES = ("EUR", "GBP", "CHF", "USD")
KEY_SHAPE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_MONEY = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?")
_AMOUNTS = {
    "max_discount_minor": "max_discount_minor",
    "min_basket": "min_basket_minor",
    "budget": "budget_minor",
}
Kind = TypeVar("Kind", PromotionKind, CodeSource)


@dataclass(slots=True)
class Reader:
    """Reads fields one by one and remembers what is wrong."""

    form: Mapping[str, str]
    wrong: dict[str, Sentence | str] = field(default_factory=dict)

    def line(self, name: str, most: int, needed: bool = False) -> str:
        """One line of text."""
        text = " ".join(normalise(self.form.get(name, "")).split())
        if needed and not text:
            self.wrong[name] = _("This is needed.")
        if len(text) > most:
            self.wrong[name] = _("This is too long.")
        return text

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number."""
        text = re.sub(r"\s", "", self.form.get(name, ""))
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 12 or not low <= int(text) <= high:
            self.wrong[name] = _("A number from %(low)s to %(high)s.", low=low, high=high)
            return default
        return int(text)

    def money(self, name: str, most: int = MOST_MINOR) -> int | None:
        """An amount such as 12,50 in minor units; None when the field is empty."""
        text = re.sub(r"[\s€$£]", "", self.form.get(name, ""))
        if not text:
            return None
        match = _MONEY.fullmatch(text) if text.isascii() else None
        minor = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else -1
        if not 0 <= minor <= most:
            self.wrong[name] = _("An amount such as 12.50, at most %(most)s.", most=i18n.money(most))
            return None
        return minor

    def day(self, name: str) -> date | None:
        """A day as the browser sends it."""
        text = self.form.get(name, "").strip()
        try:
            day = date.fromisoformat(text[:10]) if text else None
        except ValueError:
            day = date.min
        if day is not None and not 2020 <= day.year <= 2100:
            self.wrong[name] = _("A day, as 2026-12-31.")
            return None
        return day

    def one_of(self, name: str, kind: Callable[[str], Kind], default: Kind) -> Kind:
        """One of an enum's words."""
        try:
            return kind(self.form.get(name, default.value))
        except ValueError:
            self.wrong[name] = _("Choose one.")
            return default


def read_offer(form: Mapping[str, str]) -> Offer:
    """A discount as it was described. Raises :class:`Invalid` with every field that does not fit."""
    read = Reader(form)
    kind = read.one_of("kind", PromotionKind, PromotionKind.AMOUNT)
    key = read.line("key", 60, needed=True).lower()
    if key and not KEY_SHAPE.fullmatch(key):
        read.wrong["key"] = _("Small letters, digits and dashes, for example spare-parts.")
    first, last = read.day("starts_at"), read.day("ends_at")
    if first and last and last < first:
        read.wrong["ends_at"] = _("The end must come after the beginning.")
    currency = read.line("currency", 3) or "EUR"
    if currency not in CURRENCIES:
        read.wrong["currency"] = _("Choose one.")
    offer = Offer(
        key=key, kind=kind, value=_value(read, kind), title_fr=read.line("title_fr", 80, needed=True),
        title_en=read.line("title_en", 80, needed=True), terms_fr=read.line("terms_fr", 300),
        terms_en=read.line("terms_en", 300), cost_points=read.whole("cost_points", 0, 1_000_000, 0),
        max_discount_minor=read.money("max_discount_minor"), min_basket_minor=read.money("min_basket"),
        budget_minor=read.money("budget", MOST_BUDGET), currency=currency,
        min_rank=read.whole("min_rank", 0, TOP, 0), per_member_limit=read.whole("per_member_limit", 1, 1000, 1), is_monthly=form.get("is_monthly") == "1",
        valid_days=read.whole("valid_days", 1, 3650, 60), starts_at=_begins(first),
        ends_at=_begins(last + timedelta(days=1)) if last else None,
        code_source=read.one_of("code_source", CodeSource, CodeSource.POOL),
    )  # fmt: skip
    if read.wrong:
        raise Invalid(fields=read.wrong)
    return offer


def _value(read: Reader, kind: PromotionKind) -> int:
    if kind is PromotionKind.FREE_SHIPPING:
        return 0
    if kind is PromotionKind.PERCENT:
        value = read.whole("value", 1, 100, 0)
    else:
        value = read.money("value") or 0
    if not value and "value" not in read.wrong:
        read.wrong["value"] = _("This is needed.")
    return value


def _begins(day: date | None) -> datetime | None:
    return i18n.day_begins(day) if day else None


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "")[:400] for name in NAMES}


def typed_of(promotion: Promotion) -> dict[str, str]:
    """A promotion as its form shows it."""
    values = {name: str(getattr(promotion, name, "") or "") for name in NAMES}
    values |= {name: _amount(getattr(promotion, column)) for name, column in _AMOUNTS.items()}
    if promotion.kind is PromotionKind.AMOUNT:
        values["value"] = _amount(promotion.value)
    values["is_monthly"] = "1" if promotion.is_monthly else ""
    values["starts_at"] = i18n.local(promotion.starts_at).date().isoformat()
    ends = promotion.ends_at
    values["ends_at"] = i18n.local(ends - timedelta(seconds=1)).date().isoformat() if ends else ""
    return values | {"kind": promotion.kind.value, "code_source": promotion.code_source.value}


def _amount(minor: int | None) -> str:
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}"
