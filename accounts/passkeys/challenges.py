"""Challenges: what a device has to sign. Made from the site's secret for one purpose in one browser, good for minutes,
and once. Nothing is stored before an answer comes, so that pages which only show a button write nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from accounts.passkeys import numbers, rules
from accounts.passkeys.queries import USE
from accounts.singlesignon.models import SpentTicket
from common.clock import now
from common.db import insert_once
from common.errors import Invalid
from common.i18n import _
from common.secrecy import fingerprint
from common.unit_of_work import unit_of_work

ENTER = "enter"
STALE = _("This took too long, or was done already. Please press the button once more.")


def adding(member_id: int) -> str:
    """The purpose of a key that this member makes."""
    return f"add:{member_id}"


def new(purpose: str, browser: str) -> bytes:
    """A challenge. ``browser``: a secret that this browser's session holds."""
    head = rules.head_of(secrets.token_bytes(rules.NONCE_BYTES), now())
    return head + _mac(purpose, browser, head)


def spend(purpose: str, browser: str, challenge: bytes) -> None:
    """Use a challenge up, in a transaction of its own: whatever the answer is worth, it is never looked at again.
    Raises :class:`Invalid` for another purpose's, another browser's, one that is too old, and the second time."""
    moment, head = now(), challenge[: -rules.MAC_BYTES]
    is_ours = browser and hmac.compare_digest(_mac(purpose, browser, head), challenge[-rules.MAC_BYTES :])
    if not is_ours or not rules.is_fresh(challenge, moment, numbers.lasts()):
        raise Invalid(STALE)
    key = hashlib.sha256(b"passkey:" + challenge).hexdigest()
    with unit_of_work():
        if insert_once(SpentTicket, key=key, expires_at=moment + 2 * numbers.lasts()) is None:
            raise Invalid(STALE)


def _mac(purpose: str, browser: str, head: bytes) -> bytes:
    return bytes.fromhex(fingerprint(USE, f"{purpose}:{browser}:{head.hex()}"))
