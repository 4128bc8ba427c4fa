"""Codes at rest: encrypted, and found again by a keyed hash (:mod:`common.secrecy`).

A code exists in clear only in the request that shows it to its owner.
"""

from __future__ import annotations

import secrets

from common.secrecy import fingerprint as keyed_hash
from common.secrecy import seal, unseal
from rewards.promotions.rules import ALPHABET, GENERATED_LENGTH, norm

USE = "fourmi-coupons"


def encrypt(code: str) -> bytes:
    """The code as it is stored."""
    return seal(USE, code)


def decrypt(cipher: bytes) -> str:
    """The code as its owner reads it."""
    return unseal(USE, cipher)


def fingerprint(code: str) -> str:
    """What makes a code unique, whatever its case and dashes; useless without the site's secret."""
    return keyed_hash(USE, norm(code))


def new_code() -> str:
    """A code nobody can guess, of letters and digits nobody confuses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(GENERATED_LENGTH))
