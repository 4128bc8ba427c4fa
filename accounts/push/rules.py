"""Web push in pure functions: the keys of this site, a message only its device can read, what an answer means.

Sources: RFC 8291 (encryption of a message), RFC 8292 (VAPID: who sends it), RFC 8030 (the answers of a push service).
"""

from __future__ import annotations

import base64
import json
import re
import struct
from enum import StrEnum
from urllib.parse import urlsplit

MOST_DEVICES = 20
MOST_BYTES = 3_000
"""Of a message before it is encrypted: push services take 4,096 bytes with what encryption adds."""
TOKEN_SECONDS = 12 * 3600
KEEP_SECONDS = 2 * 24 * 3600
"""How long a push service keeps a message for a device that is switched off."""
BODY_LETTERS = 160
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+={0,2}")


class Outcome(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


def outcome(status: int) -> Outcome:
    """Taken; the device is no more; worth another try; or refused for good."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    if status in (404, 410):
        return Outcome.GONE
    if status in (408, 425, 429) or status >= 500:
        return Outcome.LATER
    return Outcome.REFUSED


def decoded(value: str, length: int) -> bytes | None:
    """URL-safe base64 of exactly so many bytes, with or without its padding; None for anything else."""
    if len(value) > 200 or not _URL_SAFE.fullmatch(value):
        return None
    bare = value.rstrip("=")
    try:
        data = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return None
    return data if len(data) == length else None


def encoded(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def origin(endpoint: str) -> str:
    """Whom a token is for."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def packed(title: str, body: str, url: str, tag: str, language: str) -> bytes:
    """A message as the worker on the device reads it, never too large."""
    short = body if len(body) <= BODY_LETTERS else body[: BODY_LETTERS - 1].rstrip() + "…"
    told = {"title": title[:60], "body": short, "url": url[:500], "tag": tag[:80], "lang": language}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def header(salt: bytes, public_key: bytes, record_size: int = 4096) -> bytes:
    """What stands before the one encrypted record (RFC 8188 §2.1)."""
    return salt + struct.pack("!IB", record_size, len(public_key)) + public_key
