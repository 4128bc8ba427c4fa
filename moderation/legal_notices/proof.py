"""Instead of a puzzle: a challenge the browser works on by itself, signed, valid for a day, counted once.

Also the secret addresses of a notice, made from the site's secret and stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from common import clock, settings
from common.config import current_config
from common.db import db
from common.errors import NotFound
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import PROOF_MINUTES, solves


def challenge() -> str:
    """A new challenge: when it was made, chance, and our signature."""
    stem = f"{int(clock.now().timestamp())}.{secrets.token_hex(8)}"
    return f"{stem}.{_signature('proof', stem)[:32]}"


def is_proven(given: str, answer: str) -> bool:
    """Whether the challenge is ours, not too old, and solved."""
    if len(given) > 80 or not given.isascii():
        return False
    made, _dot, rest = given.partition(".")
    stem, _dot, signed = given.rpartition(".")
    if not rest or not made.isdigit() or len(made) > 12:
        return False
    if not hmac.compare_digest(_signature("proof", stem)[:32], signed):
        return False
    age = clock.now().timestamp() - int(made)
    if not 0 <= age <= timedelta(minutes=PROOF_MINUTES).total_seconds():
        return False
    return solves(given, answer, settings.get("moderation.notice_proof_bits"))


def token_of(notice_id: int, purpose: str = "notice") -> str:
    """The secret address of a notice's page; ``purpose`` ``confirm`` is the one that only its mailbox gets."""
    return f"{notice_id}-{_signature(purpose, str(notice_id))[:40]}"


def by_token(token: str, purpose: str = "notice") -> LegalNotice:
    """The notice of an address. Raises :class:`NotFound`."""
    number = token.partition("-")[0]
    if not token.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound()
    if not hmac.compare_digest(token_of(int(number), purpose), token):
        raise NotFound()
    found = db.session.get(LegalNotice, int(number))
    if found is None:
        raise NotFound()
    return found


def digest(*parts: object) -> str:
    """A keyed digest of what must be compared and not kept."""
    return _signature("digest", "\x1f".join(map(str, parts)))


def _signature(purpose: str, value: str) -> str:
    key = current_config().secret_key.encode()
    words = f"legal-{purpose}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(key, words, hashlib.sha256).hexdigest()
