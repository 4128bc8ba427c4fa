"""Secrets at rest: payment cards never; what else is secret encrypted, and found again by a keyed hash. Keys come from the site's secret, one pair for each use,
so that what is stored for one is worth nothing to another."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from common.config import current_config


@lru_cache(maxsize=64)
def _keys(secret: str, use: str) -> tuple[Fernet, bytes]:
    material = hashlib.scrypt(secret.encode(), salt=use.encode(), n=2**14, r=8, p=1, dklen=64)
    return Fernet(base64.urlsafe_b64encode(material[:32])), material[32:]


def seal(use: str, text: str) -> bytes:
    """A text as it is stored."""
    return _keys(current_config().secret_key, use)[0].encrypt(text.encode())


def unseal(use: str, cipher: bytes) -> str:
    """The text again. Raises :class:`Unreadable` for what was sealed with another site's secret, or altered."""
    for secret in (current_config().secret_key, *current_config().secrets_before):
        try:
            return _keys(secret, use)[0].decrypt(cipher).decode()
        except InvalidToken:
            continue
    raise Unreadable


def fingerprint(use: str, text: str) -> str:
    """The same for the same text; useless without the site's secret."""
    return hmac.new(_keys(current_config().secret_key, use)[1], text.encode(), hashlib.sha256).hexdigest()


class Unreadable(Exception):
    """Sealed with another secret than this site's."""


class Lost(str):
    """What a sealed column gives where its text was sealed with another secret: no words, and pages can say why."""

    __slots__ = ()


class Sealed(TypeDecorator[str]):
    """A column whose text nobody reads in the database, a backup or a log: sealed on the way in, opened on the way out.
    It cannot be searched or compared there, except with the empty text, which stays empty."""

    impl = Text
    cache_ok = True

    def __init__(self, use: str) -> None:
        super().__init__()
        self.use = use

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return seal(self.use, value).decode() if value else value

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        if not value:
            return value
        try:
            return unseal(self.use, value.encode())
        except Unreadable:
            return Lost()


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


_public_veil: Callable[[str], str] = _as_typed


def set_public_veil(veil: Callable[[str], str]) -> None:
    """Say what masks personal data. Called once by the application."""
    global _public_veil
    _public_veil = veil


def without_personal_data(text: str) -> str:
    """A typed text as everybody may read it, whoever wrote it: what identifies a person is kept nowhere
    (domain/moderation.md §B1, §B5)."""
    return _public_veil(text) if text else text
