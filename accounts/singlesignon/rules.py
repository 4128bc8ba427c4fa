"""What a provider's word is worth: pure decisions about tokens, claims, names and roles. Time is an argument.

Sources: OpenID Connect Core 1.0 §3.1.3.7, RFC 9207 (mix-up), RFC 7636 (PKCE), RFC 8725 (JWT), OWASP ASVS 5.0 V9, V10.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from accounts.members.rules import LANGUAGES, NAME_MAX, Role, is_email, tidy_email, tidy_name

LEEWAY = 30
"""Seconds by which two clocks may differ."""
TICKET_LIFETIME = timedelta(minutes=5)
ATTEMPT_KEPT = timedelta(minutes=15)
WAITING_KEPT = timedelta(hours=1)
LONGEST_TOKEN = 8_000
LONGEST_TICKET = 1_800
"""It waits in a cookie while its bearer is asked, and a cookie holds 4,096 bytes."""
LONGEST_ID = 255
LONGEST_FACT = 200
MOST_FACTS = 30

SIGNED_APART = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""What an identity provider may sign with: private keys only, so that no public key passes for a secret."""
TICKETS_SIGNED = ("HS256", "EdDSA", "Ed25519")
"""``EdDSA`` is the older name of ``Ed25519`` (RFC 9864), which most houses still write."""
TEAM_FACTS = ("customer_number", "segment", "entitlements")
"""Claims that are kept for the team; nobody else is shown them."""


class Kind(StrEnum):
    """How a provider speaks."""

    OPENID = "openid"
    TICKET = "ticket"
    SAML = "saml"


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said about somebody, checked. ``email`` is empty unless the provider has confirmed it."""

    provider: str
    issuer: str
    subject: str
    email: str = ""
    name: str = ""
    language: str = ""
    role: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def derived(key: str, purpose: str, secret: str) -> str:
    """State, nonce and verifier of an attempt, made from one secret of the browser: 43 characters each."""
    mac = hmac.new(key.encode(), f"single-sign-on:{purpose}:{secret}".encode(), hashlib.sha256)
    return unpadded(mac.digest())


def challenge(verifier: str) -> str:
    """What the provider is told of the verifier beforehand (RFC 7636, S256)."""
    return unpadded(hashlib.sha256(verifier.encode()).digest())


def unpadded(raw: bytes) -> str:
    """base64url without its padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def same(one: Any, other: str) -> bool:
    """Whether two texts are equal, in constant time; what is no text equals nothing."""
    return isinstance(one, str) and hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


# --- tokens ----------------------------------------------------------------------------------------------------


def id_token_fault(
    claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str, moment: float
) -> str | None:
    """Why an ID token is refused, for the log; None when it is good."""
    fault = _common_fault(claims, issuer, client_id, moment)
    if fault:
        return fault
    is_shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (is_shared or "azp" in claims) and claims.get("azp") != client_id:
        return "azp"
    return None if same(claims.get("nonce"), nonce) else "nonce"


def ticket_fault(
    claims: Mapping[str, Any], issuer: str, audience: str, nonce: str | None, moment: float
) -> str | None:
    """Why a ticket is refused; None when it is good. A nonce, where there is one, must be this browser's."""
    fault = _common_fault(claims, issuer, audience, moment)
    if fault:
        return fault
    longest = TICKET_LIFETIME.total_seconds()
    if claims["exp"] - claims["iat"] > longest or claims["exp"] > moment + longest + LEEWAY:
        return "lives too long"
    if not _is_id(claims.get("jti")):
        return "jti"
    if "nonce" in claims and (not nonce or not same(claims["nonce"], nonce)):
        return "nonce"
    return None


def _common_fault(claims: Mapping[str, Any], issuer: str, audience: str, moment: float) -> str | None:
    if claims.get("iss") != issuer:
        return "iss"
    told = claims.get("aud")
    if audience not in (told if isinstance(told, list) else [told]):
        return "aud"
    if not _is_id(claims.get("sub")):
        return "sub"
    if any(not _is_moment(claims.get(name)) for name in ("exp", "iat")):
        return "no exp or iat"
    if claims["exp"] + LEEWAY <= moment:
        return "expired"
    if claims["iat"] - LEEWAY > moment:
        return "from the future"
    if "nbf" in claims and (not _is_moment(claims["nbf"]) or claims["nbf"] - LEEWAY > moment):
        return "not yet valid"
    return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable()


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# --- claims ----------------------------------------------------------------------------------------------------


def claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by a way through the claims (``realm_access.roles``)."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def confirmed_email(claims: Mapping[str, Any]) -> str:
    """The address, when the provider says that it is its owner's; else nothing."""
    address = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(address, str):
        return ""
    address = tidy_email(address)
    return address if is_email(address) else ""


def facts_of(claims: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What is kept for the team, each value a text or a list of texts within limits."""
    found: dict[str, Any] = {}
    for fact in TEAM_FACTS:
        value = claim(claims, names.get(fact, fact))
        if isinstance(value, list | tuple):
            value = [text for text in map(_text, value[:MOST_FACTS]) if text]
        else:
            value = _text(value)
        if value:
            found[fact] = value
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join("".join(c for c in str(value)[: LONGEST_FACT * 2] if c.isprintable()).split())[
        :LONGEST_FACT
    ]


def language_of(value: Any, default: str) -> str:
    """Which of our languages a locale means."""
    spoken = value[:2].lower() if isinstance(value, str) else ""
    return spoken if spoken in LANGUAGES else default


def public_name(value: Any, in_full: bool = False) -> str:
    """The name to begin with: "Walter D." of "Walter Dupont", so that nobody's full name is public unasked."""
    words = tidy_name(value[:200]).split() if isinstance(value, str) else []
    if in_full or len(words) < 2:
        return " ".join(words)[:NAME_MAX].strip()
    return f"{words[0][: NAME_MAX - 3]} {words[-1][:1].upper()}."


# --- roles -----------------------------------------------------------------------------------------------------

_HEIGHT = {role: height for height, role in enumerate(Role)}


def told_role(value: Any, mapped: Mapping[str, str], highest: str) -> str | None:
    """The role a claim stands for: of several the highest, never above ``highest``."""
    said = value if isinstance(value, list | tuple) else [value]
    roles = [Role(mapped[one]) for one in said if isinstance(one, str) and one in mapped]
    allowed = [role for role in roles if _HEIGHT[role] <= _HEIGHT[Role(highest)]]
    return str(max(allowed, key=_HEIGHT.__getitem__)) if allowed else None


def role_after(present: str, given_before: str | None, told: str | None) -> str:
    """The role at the end of a sign-in. A role that the provider gave goes when it no longer says so; a higher one
    that an administrator gave by hand stays."""
    by_hand = present != Role.MEMBER and present != given_before
    if told is None:
        return present if by_hand or given_before is None else str(Role.MEMBER)
    return present if by_hand and _HEIGHT[Role(present)] >= _HEIGHT[Role(told)] else told
