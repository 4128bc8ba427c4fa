"""Codes of authenticator apps (RFC 6238 on RFC 4226) and recovery codes. Pure; the time is an argument.

Sources: RFC 6238 §4 (steps of 30 seconds), §5.2 (one step of drift, a code is good once), RFC 4226 §4 R6 (secrets of
160 bits), NIST SP 800-63B §5.1.2 (recovery codes: printed once, each good once).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
SECRET_BYTES = 20
TYPED_MAX = 40

RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits nobody confuses: ten of them are 49 bits."""


def new_secret() -> str:
    """A secret for an app, as apps take it: 32 letters of base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(moment: datetime) -> int:
    """The number of the step a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    """The code that an app shows during a step."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, code: str, moment: datetime, last_step: int) -> int | None:
    """The step whose code this is: the present one, the one before or the one after, and later than the last used."""
    here, found = step_at(moment), None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_of(secret, step), code) and step > last_step:
            found = step
    return found


def tidy(typed: str) -> str:
    """What was typed without spaces and dashes, in small letters."""
    return "".join(sign for sign in typed[:TYPED_MAX].lower() if sign.isascii() and sign.isalnum())


def is_app_code(tidied: str) -> bool:
    """Whether it looks like a code of an app."""
    return len(tidied) == DIGITS and tidied.isdigit()


def is_recovery_code(tidied: str) -> bool:
    """Whether it looks like a recovery code."""
    return len(tidied) == RECOVERY_LENGTH and set(tidied) <= set(ALPHABET)


def new_recovery_codes() -> list[str]:
    """Ten codes, each in two groups of five."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        signs = "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))
        codes.add(f"{signs[:5]}-{signs[5:]}")
    return sorted(codes)


def in_groups(secret: str) -> str:
    """The secret in groups of four, to be typed."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def address_of(secret: str, site: str, account: str) -> str:
    """What the picture for the app says: `otpauth://totp/Site:account?…`."""
    label = quote(f"{site.replace(':', ' ')}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': site}, quote_via=quote)}"
