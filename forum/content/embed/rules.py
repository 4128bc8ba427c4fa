"""Who may show our pages in a frame. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_HOSTS = 20
_ORIGIN = re.compile(r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?::[0-9]{1,5})?")


def origins_of(written: Iterable[str]) -> tuple[str, ...]:
    """The addresses that are whole origins (``https://shop.example``); anything else is passed over."""
    found = dict.fromkeys(one.strip().lower().rstrip("/") for one in written)
    return tuple(one for one in found if _ORIGIN.fullmatch(one))[:MOST_HOSTS]


def framed_policy(policy: str, origins: Iterable[str]) -> str:
    """A content policy that lets these origins show the page in a frame, and forbids scripts and forms in it."""
    parts = [part.strip() for part in policy.split(";")]
    kept = [
        part
        for part in parts
        if part.split(" ")[0] not in ("frame-ancestors", "script-src", "connect-src", "form-action")
    ]
    return "; ".join([*kept, "form-action 'none'", f"frame-ancestors {' '.join(origins)}"])
