"""Codes at rest: encrypted, and found again by a keyed hash. Keys come from the site's secret.

A code exists in clear only in the request that shows it to its owner.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet

from common.config import current_config
from rewards.promotions.rules import ALPHABET, GENERATED_LENGTH, norm


@lru_cache(maxsize=4)
def _keys(secret: str) -> tuple[Fernet, bytes]:
    material = hashlib.scrypt(secret.encode(), salt=b"fourmi-coupons", n=2**14, r=8, p=1, dklen=64)
    return Fernet(base64.urlsafe_b64encode(material[:32])), material[32:]


def encrypt(code: str) -> bytes:
    """The code as it is stored."""
    return _keys(current_config().secret_key)[0].encrypt(code.encode())


def decrypt(cipher: bytes) -> str:
    """The code as its owner reads it."""
    return _keys(current_config().secret_key)[0].decrypt(cipher).decode()


def fingerprint(code: str) -> str:
    """What makes a code unique, whatever its case and dashes; useless without the site's secret."""
    return hmac.new(_keys(current_config().secret_key)[1], norm(code).encode(), hashlib.sha256).hexdigest()


def new_code() -> str:
    """A code nobody can guess, of letters and digits nobody confuses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(GENERATED_LENGTH))
