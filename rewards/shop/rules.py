"""What the shop may tell, and how it proves that it is the shop. Pure. Source: domain/rewards.md §A5.5."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

WINDOW = timedelta(minutes=5)
PARKED = timedelta(hours=24)
MOST_MINOR = 2**31 - 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,79}")


class EventKind(StrEnum):
    """What the shop tells."""

    REDEEM = "redeem"
    CANCEL = "cancel"


class Target(StrEnum):
    """Where codes are exported to."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    STRIPE = "stripe"
    VOUCHERIFY = "voucherify"
    CSV = "csv"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a point and the body, as hexadecimal digits."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signer(
    secrets: Iterable[tuple[int, str]], timestamp: str, body: bytes, shown: str, at: datetime
) -> int | None:
    """Which secret signed this within the last five minutes, or None. Compared in constant time, all of them."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return None
    if abs(at.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return None
    shown = shown.removeprefix("v1=")
    found = [
        secret_id
        for secret_id, secret in secrets
        if hmac.compare_digest(signature(secret, timestamp, body).encode(), shown.encode())
    ]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Told:
    """A code was used in an order. ``amount_minor`` is what it took off."""

    event_id: str
    code: str
    order_ref: str
    amount_minor: int
    currency: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The order of a redemption was cancelled or paid back."""

    event_id: str
    redemption: str
    occurred_at: datetime | None


def read_told(item: Any) -> Told | list[str]:
    """What the shop says of a use, or the names of the fields that do not fit."""
    if not isinstance(item, Mapping):
        return ["event_id", "code", "order_ref", "amount_minor", "currency", "occurred_at"]
    moment, amount = _moment(item.get("occurred_at")), item.get("amount_minor")
    whole = isinstance(amount, int) and not isinstance(amount, bool) and 0 <= amount <= MOST_MINOR
    wrong = [name for name in ("event_id", "order_ref") if not _is_id(item.get(name))]
    if not isinstance(item.get("code"), str) or not 1 <= len(item["code"]) <= 100:
        wrong.append("code")
    if not whole:
        wrong.append("amount_minor")
    if not re.fullmatch(r"[A-Z]{3}", str(item.get("currency", ""))):
        wrong.append("currency")
    if moment is None:
        wrong.append("occurred_at")
    if wrong or moment is None or not isinstance(amount, int):
        return wrong
    return Told(item["event_id"], item["code"], item["order_ref"], amount, item["currency"], moment)


def read_cancelled(item: Any, redemption: str) -> Cancelled | list[str]:
    """What the shop says of a cancellation, or the names of the fields that do not fit."""
    if not isinstance(item, Mapping):
        return ["event_id"]
    said = item.get("occurred_at")
    moment = _moment(said) if said is not None else None
    wrong = [] if _is_id(item.get("event_id")) else ["event_id"]
    if not _is_id(redemption):
        wrong.append("id")
    if said is not None and moment is None:
        wrong.append("occurred_at")
    return wrong or Cancelled(item["event_id"], redemption, moment)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        return None
    known = moment is not None and moment.tzinfo is not None and 2000 <= moment.year <= 2200
    return moment if known else None


def is_guessing(asked: int, unknown: int, least: int, percent: int) -> bool:
    """Whether so many look-ups named unknown codes that somebody seems to guess."""
    return asked >= least and unknown * 100 > percent * asked
