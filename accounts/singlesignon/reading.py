"""Signed tokens: the signature first, then what they claim, then what of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, OctKey, OKPKey

from accounts.singlesignon import discovery, rules
from accounts.singlesignon.failing import refused, stale
from accounts.singlesignon.providers import Provider
from accounts.singlesignon.rules import Kind, Told
from common import clock
from common.i18n import language

_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def read_id_token(provider: Provider, raw: Any, nonce: str) -> dict[str, Any]:
    """The claims of an ID token. Raises :class:`~accounts.singlesignon.failing.Failed` with the reason."""
    if not isinstance(raw, str) or len(raw) > rules.LONGEST_TOKEN:
        raise refused(provider.label, "no ID token, or too long a one")
    try:
        claims = _verified(provider, raw, discovery.keys_of(provider))
    except InvalidKeyIdError:
        try:
            claims = _verified(provider, raw, discovery.keys_of(provider, anew=True))
        except InvalidKeyIdError as error:
            raise refused(provider.label, "signed with a key nobody knows") from error
    moment = clock.now().timestamp()
    fault = rules.id_token_fault(claims, provider.issuer, provider.client_id, nonce, moment)
    if fault:
        raise refused(provider.label, f"ID token: {fault}")
    return claims


def read_ticket(provider: Provider, raw: str, nonce: str | None) -> dict[str, Any]:
    """The claims of a ticket. Raises :class:`~accounts.singlesignon.failing.Failed` with the reason."""
    if not raw or len(raw) > rules.LONGEST_TICKET or not raw.isascii():
        raise refused(provider.label, "no ticket, or too long a one")
    try:
        claims = _verified(provider, raw, _ticket_key(provider))
    except InvalidKeyIdError as error:  # pragma: no cover - one key, which is taken whatever it is called
        raise refused(provider.label, "key") from error
    moment = clock.now().timestamp()
    fault = rules.ticket_fault(claims, provider.issuer, provider.client_id, nonce, moment)
    if fault in ("expired", "nonce"):
        raise stale(f"{provider.name}: ticket {fault}")
    if fault:
        raise refused(provider.label, f"ticket: {fault}")
    return claims


def told_by(provider: Provider, claims: Mapping[str, Any]) -> Told:
    """What of the claims counts here."""
    names = provider.claims
    address = rules.confirmed_email(claims)
    role = None
    if provider.role_claim:
        told = rules.claim(claims, provider.role_claim)
        role = rules.told_role(told, provider.roles, provider.highest_role)
    name = names.get("name", "name")
    return Told(
        provider=provider.name,
        issuer=provider.issuer,
        subject=claims["sub"],
        email=address,
        name=rules.public_name(rules.claim(claims, name), in_full=name != "name"),
        language=rules.language_of(rules.claim(claims, names.get("language", "locale")), language()),
        role=role,
        facts=rules.facts_of(claims, names),
    )


def _verified(provider: Provider, raw: str, key: Any) -> dict[str, Any]:
    try:
        claims = jwt.decode(raw, key, algorithms=list(provider.algorithms)).claims
    except InvalidKeyIdError:
        raise
    except _UNREADABLE as error:
        raise refused(provider.label, f"{type(error).__name__}: {error}"[:200]) from error
    if not isinstance(claims, dict):
        raise refused(provider.label, "claims are no object")
    return claims


def _ticket_key(provider: Provider) -> OctKey | OKPKey | KeySet:
    if provider.kind is not Kind.TICKET:
        raise refused(provider.label, "takes no tickets")
    if provider.algorithms == ("HS256",):
        return OctKey.import_key(provider.key)
    return OKPKey.import_key(provider.key)
