"""What a promotion is, where a coupon can go, what a code looks like, and what may be promised in money.

Pure. Money is integer minor units plus a currency. Source: domain/rewards.md §A5.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from math import log2


class PromotionKind(StrEnum):
    """What a coupon takes off."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"


class PromotionStatus(StrEnum):
    """Whether it can be exchanged."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class CodeSource(StrEnum):
    """Where the codes come from: the brand's shop, or made here."""

    POOL = "pool"
    GENERATED = "generated"


class CouponState(StrEnum):
    """Where a coupon stands."""

    AVAILABLE = "available"
    ALLOCATED = "allocated"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    VOID = "void"
    REFUNDED = "refunded"


class CouponMove(StrEnum):
    """What happens to a coupon."""

    ALLOCATE = "allocate"
    REDEEM = "redeem"
    REDEEM_LATE = "redeem_late"
    EXPIRE = "expire"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    REFUND = "refund"
    REVIVE = "revive"


TRANSITIONS: dict[tuple[CouponState, CouponMove], CouponState] = {
    (CouponState.AVAILABLE, CouponMove.ALLOCATE): CouponState.ALLOCATED,
    (CouponState.AVAILABLE, CouponMove.WITHDRAW): CouponState.VOID,
    (CouponState.ALLOCATED, CouponMove.REDEEM): CouponState.REDEEMED,
    (CouponState.EXPIRED, CouponMove.REDEEM_LATE): CouponState.REDEEMED,
    (CouponState.ALLOCATED, CouponMove.EXPIRE): CouponState.EXPIRED,
    (CouponState.ALLOCATED, CouponMove.REVOKE): CouponState.REVOKED,
    (CouponState.REDEEMED, CouponMove.REFUND): CouponState.REFUNDED,
    (CouponState.EXPIRED, CouponMove.REVIVE): CouponState.ALLOCATED,
}
"""Every legal move. None leads back to available: a code that was given is never given again (§A5.2). What was used
before its last day and told after it is used (§A5.5). One that ended while its owner was suspended in error is good again,
for the same owner (domain/moderation.md §B4)."""

OWNED = (CouponState.ALLOCATED, CouponState.REDEEMED)


def after(state: CouponState, move: CouponMove) -> CouponState | None:
    """Where a move leads, or None when it is not legal."""
    return TRANSITIONS.get((state, move))


def sources(move: CouponMove) -> tuple[CouponState, ...]:
    """The states a move may start from, for a conditional update."""
    return tuple(state for state, made in TRANSITIONS if made == move)


# --- codes ------------------------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that cannot be taken for one another: no 0, O, 1, I, L."""
GENERATED_LENGTH = 12
CODE_MIN, CODE_MAX = 4, 40
HEADINGS = ("code", "codes", "coupon", "coupon code", "coupon_code", "code promo", "discount code")
_KEEP = re.compile(r"[^A-Z0-9]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PUT_RIGHT = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"))
_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9 _\-]*[A-Z0-9]")


def entropy_bits() -> float:
    """How hard a generated code is to guess (§A5.3 asks for 55 bits at least)."""
    return GENERATED_LENGTH * log2(len(ALPHABET))


def norm(code: str) -> str:
    """A code as shops compare it: upper case, letters and digits only."""
    return _KEEP.sub("", unicodedata.normalize("NFKC", code).upper())


class CodeFault(StrEnum):
    """Why a line of a pool gives no code."""

    SHORT = "short"
    LONG = "long"
    LETTERS = "letters"
    SIGNS = "signs"
    TWICE = "twice"
    KNOWN = "known"


def read_code(text: str) -> str | CodeFault:
    """A code of an imported pool as it is shown to its owner, or why it cannot be one.

    Full-width letters, spaces of every kind, dashes and invisible characters are put right; letters of another
    alphabet that only look like ours are refused, because nobody could type them in a shop.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_PUT_RIGHT)
    code = " ".join(_INVISIBLE.sub("", plain).split()).upper()
    if len(code) > CODE_MAX:
        return CodeFault.LONG
    if any(sign.isalpha() and not sign.isascii() for sign in code):
        return CodeFault.LETTERS
    if len(norm(code)) < CODE_MIN:
        return CodeFault.SHORT
    return code if _SHAPE.fullmatch(code) else CodeFault.SIGNS


def clean_code(text: str) -> str | None:
    """The same, where the reason does not matter."""
    code = read_code(text)
    return None if isinstance(code, CodeFault) else code


class BadPool(ValueError):
    """The file cannot be read from a line on."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def read_pool(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The codes of a CSV or text file as (line, text): the column named code, else the first. Empty lines are passed
    over. Raises :class:`BadPool`."""
    stream = iter(lines)
    first = next(stream, "").lstrip("\ufeff")
    separator = max(";,\t", key=first.count) if any(sign in first for sign in ";,\t") else ","
    reader, column, begun = csv.reader(chain([first], stream), delimiter=separator), 0, False
    try:
        for row in reader:
            names = [cell.strip().lower() for cell in row]
            heading = next((name for name in HEADINGS if name in names), None) if not begun else None
            begun = True
            if heading:
                column = names.index(heading)
            elif any(names):
                yield reader.line_num, row[column] if column < len(row) else ""
    except csv.Error as error:
        raise BadPool(reader.line_num) from error


# --- money ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides whether a promotion can be active and how much a coupon may cost the brand."""

    kind: PromotionKind
    value: int
    max_discount_minor: int | None
    budget_minor: int | None
    per_member_limit: int
    cost_points: int
    starts_at: datetime
    ends_at: datetime | None
    valid_days: int


def worst_case(terms: Terms) -> int | None:
    """The most one coupon can cost, in minor units; None when nobody can say. An amount costs what it is, whatever else
    is written: the shop takes it off in full."""
    return terms.value if terms.kind is PromotionKind.AMOUNT else terms.max_discount_minor


def faults(terms: Terms) -> list[str]:
    """Names of the fields that forbid activation; a percentage needs a largest discount (§A5.4)."""
    found = []
    if terms.kind is PromotionKind.PERCENT and not 1 <= terms.value <= 100:
        found.append("value")
    if terms.kind is PromotionKind.AMOUNT and terms.value < 1:
        found.append("value")
    if worst_case(terms) is None and (terms.kind is PromotionKind.PERCENT or terms.budget_minor is not None):
        found.append("max_discount_minor")
    if terms.ends_at is not None and terms.ends_at <= terms.starts_at:
        found.append("ends_at")
    for name in ("per_member_limit", "valid_days"):
        if getattr(terms, name) < 1:
            found.append(name)
    if terms.cost_points < 0:
        found.append("cost_points")
    return found


def liability(coupons: Iterable[tuple[CouponState, int, int | None]]) -> int:
    """Σ worst case of what is allocated + Σ what was really redeemed (§A5.4); refunds and expiries cost nothing.

    Each coupon is (state, worst case, actual amount).
    """
    total = 0
    for state, worst, actual in coupons:
        if state is CouponState.ALLOCATED:
            total += worst
        elif state is CouponState.REDEEMED:
            total += worst if actual is None else actual
    return total


def thresholds(values: Iterable[object]) -> list[int]:
    """The shares of a setting at which managers are told; what is none is passed over."""
    read = {int(str(value)) for value in values if str(value).isascii() and str(value).isdigit()}
    return sorted(share for share in read if 1 <= share <= 100)


def crossed(before: int, now: int, budget: int | None, shares: Iterable[int]) -> int | None:
    """The highest share of the budget that was reached just now, or None (§A5.4)."""
    if not budget:
        return None
    return max((one for one in shares if before * 100 < one * budget <= now * 100), default=None)


def expires_at(allocated_at: datetime, valid_days: int, ends_at: datetime | None) -> datetime:
    """When a coupon ends: its own days, and never after the promotion does."""
    end = allocated_at + timedelta(days=valid_days)
    return min(end, ends_at) if ends_at is not None else end


# --- who may exchange -------------------------------------------------------------------------------------------


class Hindrance(StrEnum):
    """Why a member cannot exchange now."""

    NOT_OPEN = "not_open"
    NOT_YET = "not_yet"
    OVER = "over"
    RANK = "rank"
    LIMIT = "limit"
    POINTS = "points"
    STOCK = "stock"


def hindrance(
    *, status: PromotionStatus, starts_at: datetime, ends_at: datetime | None, at: datetime, rank: int, min_rank: int,
    claimed: int, limit: int, available: int, cost: int, left: int | None,
) -> Hindrance | None:  # fmt: skip
    """The first reason that forbids an exchange, or None."""
    checks = (
        (status is not PromotionStatus.ACTIVE, Hindrance.NOT_OPEN),
        (at < starts_at, Hindrance.NOT_YET),
        (ends_at is not None and at >= ends_at, Hindrance.OVER),
        (claimed >= limit, Hindrance.LIMIT),
        (rank < min_rank, Hindrance.RANK),
        (available < cost, Hindrance.POINTS),
        (left == 0, Hindrance.STOCK),
    )
    return next((why for failed, why in checks if failed), None)


def stock_alerts(left: int, total: int, alert_percent: int) -> bool:
    """Whether staff are told that codes run out."""
    return total > 0 and left * 100 <= alert_percent * total
