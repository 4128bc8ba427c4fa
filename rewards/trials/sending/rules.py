"""What a postcode looks like, and when an address goes. Pure. Source: domain/rewards.md §A4.5."""

from __future__ import annotations

import re
from datetime import datetime

from rewards.trials.rules import Terms

_POSTCODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,9}")


def clean_postcode(typed: str, country: str) -> str | None:
    """A postcode as carriers read it, or None; French ones have five digits."""
    code = " ".join(typed.upper().split())
    if country == "FR":
        code = code.replace(" ", "")
        return code if re.fullmatch(r"[0-9]{5}", code) else None
    return code if _POSTCODE.fullmatch(code) else None


def postcode_prefix(postcode: str) -> str:
    """What stays of a postcode after the address is gone: its first two signs."""
    return postcode.replace(" ", "")[:2]


def purge_at(shipped_at: datetime | None, delivered_at: datetime | None, terms: Terms) -> datetime | None:
    """When an address goes: 30 days after delivery, at the latest 90 days after dispatch; None before dispatch."""
    moments = []
    if shipped_at is not None:
        moments.append(shipped_at + terms.keep_shipped)
    if delivered_at is not None:
        moments.append(delivered_at + terms.keep_delivered)
    return min(moments, default=None)
