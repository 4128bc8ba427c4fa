"""Password hashes: argon2id, at most two at once in a process, the same work for an unknown member."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from accounts.signin.rules import ARGON2_AT_ONCE, ARGON2_LANES, ARGON2_TIME, PASSWORD_MAX_BYTES
from common.config import current_config
from common.errors import TooMany
from common.i18n import _

PATIENCE_SECONDS = 20.0

_turns = threading.BoundedSemaphore(ARGON2_AT_ONCE)
_mine = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one of the two places; raises :class:`TooMany` when the wait is too long. Re-entrant."""
    if getattr(_mine, "inside", False):
        yield
        return
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise TooMany(_("Many people are signing in at this moment. Try again in a minute."), retry_after=60)
    _mine.inside = True
    try:
        yield
    finally:
        _mine.inside = False
        _turns.release()


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(
        time_cost=ARGON2_TIME,
        memory_cost=memory_kib,
        parallelism=ARGON2_LANES,
        hash_len=32,
        salt_len=16,
        type=Type.ID,
    )


@lru_cache(maxsize=4)
def _dummy(memory_kib: int) -> str:
    return _hasher(memory_kib).hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The string to store. The password was checked against the rules before."""
    with turn():
        return _hasher(current_config().argon2_memory_kib).hash(_bytes(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; without ``stored`` the same work, then False."""
    memory = current_config().argon2_memory_kib
    if len(_bytes(password)) > PASSWORD_MAX_BYTES:
        password, stored = "", None
    with turn():
        try:
            return _hasher(memory).verify(stored or _dummy(memory), _bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_stale(stored: str) -> bool:
    """Whether a stored hash was made with other parameters than today's."""
    return _hasher(current_config().argon2_memory_kib).check_needs_rehash(stored)


def warm_up() -> None:
    """Make the hash that unknown members are compared with, before anybody could time it."""
    _dummy(current_config().argon2_memory_kib)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
