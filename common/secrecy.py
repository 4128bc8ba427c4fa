"""Secrets at rest: payment cards never; what else is secret encrypted, and found again by a keyed hash. Keys come from the site's secret, one pair for each use,
so that what is stored for one is worth nothing to another."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

from common.config import current_config


@lru_cache(maxsize=8)
def _keys(secret: str, use: str) -> tuple[Fernet, bytes]:
    material = hashlib.scrypt(secret.encode(), salt=use.encode(), n=2**14, r=8, p=1, dklen=64)
    return Fernet(base64.urlsafe_b64encode(material[:32])), material[32:]


def seal(use: str, text: str) -> bytes:
    """A text as it is stored."""
    return _keys(current_config().secret_key, use)[0].encrypt(text.encode())


def unseal(use: str, cipher: bytes) -> str:
    """The text again. Raises :class:`Unreadable` for what was sealed with another site's secret, or altered."""
    try:
        return _keys(current_config().secret_key, use)[0].decrypt(cipher).decode()
    except InvalidToken as error:
        raise Unreadable from error


def fingerprint(use: str, text: str) -> str:
    """The same for the same text; useless without the site's secret."""
    return hmac.new(_keys(current_config().secret_key, use)[1], text.encode(), hashlib.sha256).hexdigest()


class Unreadable(Exception):
    """Sealed with another secret than this site's."""


def _as_typed(text: str) -> str:
    return text


_veil: Callable[[str], str] = _as_typed


def set_veil(veil: Callable[[str], str]) -> None:
    """Say what masks card numbers. Called once by the application."""
    global _veil
    _veil = veil


def without_cards(text: str) -> str:
    """A typed text as it may be kept: no card number stands anywhere in clear, not even in a draft
    (domain/moderation.md §B5)."""
    return _veil(text) if text else text
