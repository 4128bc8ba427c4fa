"""What a passkey is bound to, and when its answer counts. Pure; time is an argument.

Sources: WebAuthn Level 3 §5.1.7 (effective domain), §6.1.1 (signature counter), §13.4.3 (challenges), §14.6.1 (handles
that say nothing of a person).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

ANSWER_MAX = 12_000
"""What a browser sends: about a thousand characters, more for keys of large algorithms."""
NAME_MAX = 40
CREDENTIAL_MAX = 1023
HANDLE_BYTES = 32
NONCE_BYTES = 16
STAMP_BYTES = 6
MAC_BYTES = 32
CHALLENGE_BYTES = NONCE_BYTES + STAMP_BYTES + MAC_BYTES
FORMATS = frozenset({"none", "packed"})
"""We ask for no attestation; a key that attests itself may answer ``packed`` all the same."""


@dataclass(frozen=True, slots=True)
class Site:
    """What keys are made for: ``name`` is the host, ``origin`` what browsers say of the page."""

    name: str
    origin: str


def site_of(base_url: str) -> Site | None:
    """The site at a public address; None where browsers make no keys: bare numbers, and plain http elsewhere than on
    this machine."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").rstrip(".")
    try:
        ipaddress.ip_address(host)
        return None
    except ValueError:
        pass
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def _is_here(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def head_of(nonce: bytes, moment: datetime) -> bytes:
    """How a challenge begins: something random, and when it was made."""
    return nonce + int(moment.timestamp()).to_bytes(STAMP_BYTES, "big")


def is_fresh(challenge: bytes, moment: datetime, lasts: timedelta) -> bool:
    """Whether a challenge is of our length and was made not too long ago."""
    if len(challenge) != CHALLENGE_BYTES:
        return False
    age = moment.timestamp() - int.from_bytes(challenge[NONCE_BYTES : NONCE_BYTES + STAMP_BYTES], "big")
    return -1 <= age <= lasts.total_seconds()


def tidy_name(typed: str, otherwise: str) -> str:
    """What a member calls a key; the device's name when nothing readable was typed."""
    name = " ".join("".join(sign for sign in typed if sign.isprintable()).split())[:NAME_MAX].strip()
    return name or otherwise[:NAME_MAX]
