"""The way to a provider and back: authorization code with PKCE, state and nonce; or a ticket with a nonce.

All three are made from one secret that only this browser holds, in a signed cookie, for a quarter of an hour. An answer
counts once: whoever sends it again is refused by a unique key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from accounts.singlesignon import discovery, reading
from accounts.singlesignon.failing import declined, refused, stale, unreachable
from accounts.singlesignon.providers import Provider
from accounts.singlesignon.rules import Kind, Told, challenge, derived, same
from accounts.singlesignon.saml.asking import request_id, request_url
from common import outgoing
from common.config import current_config
from common.db import db

LONGEST_CODE = 4_000
_ENDS = {Kind.OPENID: "back", Kind.TICKET: "arrive", Kind.SAML: "acs"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the browser remembers of a sign-in that was begun."""

    provider: str
    secret: str
    next: str = ""
    language: str = "fr"
    connecting: int = 0
    """The member who wants to connect an account, from the settings."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: somebody, and what makes the answer count once."""

    told: Told
    once: str


def back_url(provider: Provider) -> str:
    """Where the provider sends the browser; to be registered there."""
    return f"{current_config().base_url}/sign-in/with/{provider.name}/{_ENDS[provider.kind]}"


def where_to_go(provider: Provider, attempt: Attempt) -> str:
    """The address of the provider that begins a sign-in. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    if provider.kind is Kind.TICKET:
        asked = {"nonce": made("nonce", attempt), "return_to": back_url(provider)}
        return _with(provider.sign_in_url, asked)
    if provider.kind is Kind.SAML:
        request = request_id(made("request", attempt))
        return request_url(provider, back_url(provider), request, made("state", attempt))
    db.session.rollback()  # no transaction stays open while another house is asked
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back_url(provider),
        "scope": provider.scopes,
        "state": made("state", attempt),
        "nonce": made("nonce", attempt),
        "code_challenge": challenge(made("verifier", attempt)),
        "code_challenge_method": "S256",
        "ui_locales": attempt.language,
    }
    return _with(discovery.metadata_of(provider).authorization, asked)


def finish(provider: Provider, attempt: Attempt | None, query: Mapping[str, str]) -> Answer:
    """What the provider's answer in the address says. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    if attempt is None or attempt.provider != provider.name:
        raise stale(f"{provider.name}: no attempt of this browser")
    state = query.get("state", "")
    if not same(state, made("state", attempt)):
        raise stale(f"{provider.name}: state")
    db.session.rollback()
    metadata = discovery.metadata_of(provider)
    if query.get("iss", "" if metadata.says_iss else provider.issuer) != provider.issuer:
        raise refused(provider.label, "answer of another issuer")
    if "error" in query:
        if query["error"] in ("access_denied", "login_required", "consent_required"):
            raise declined(provider.label)
        raise refused(provider.label, f"error {query['error']!r:.100}")
    code = query.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise refused(provider.label, "no code")
    given = _exchanged(provider, metadata, code, made("verifier", attempt))
    claims = reading.read_id_token(provider, given.get("id_token"), made("nonce", attempt))
    claims = _completed(provider, metadata, claims, given.get("access_token"))
    return Answer(reading.told_by(provider, claims), f"state:{state}")


def take(provider: Provider, attempt: Attempt | None, raw: str) -> tuple[Answer, bool]:
    """What a ticket says, and whether this very browser asked for it (else its bearer is asked first)."""
    mine = attempt is not None and attempt.provider == provider.name
    nonce = made("nonce", attempt) if attempt is not None and mine else None
    claims = reading.read_ticket(provider, raw, nonce)
    once = f"ticket:{provider.issuer}:{claims['jti']}"
    return Answer(reading.told_by(provider, claims), once), "nonce" in claims


def _exchanged(provider: Provider, metadata: discovery.Metadata, code: str, verifier: str) -> dict[str, Any]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_url(provider),
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", **discovery.JSON_WANTED}
    if provider.client_secret and not metadata.wants_post:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        fields["client_id"] = provider.client_id
        if provider.client_secret:
            fields["client_secret"] = provider.client_secret
    url = metadata.token
    try:
        reply = outgoing.post(
            url, urlencode(fields).encode(), headers, discovery.LARGEST + 1, discovery.LONGEST_WAIT
        )
    except (outgoing.Unreachable, outgoing.NotAllowed) as error:
        raise unreachable(provider.label, f"{url}: {error}") from error
    if 400 <= reply.status < 500:
        raise refused(provider.label, f"the code was not taken ({reply.status})")
    return discovery.parsed(provider, url, reply)


def _completed(
    provider: Provider, metadata: discovery.Metadata, claims: dict[str, Any], access_token: Any
) -> dict[str, Any]:
    """Providers that leave the address out of the token tell it at their own address for that, of the same person."""
    if "email" in claims or not metadata.userinfo or not isinstance(access_token, str):
        return claims
    if not access_token.isascii() or not access_token.isprintable() or len(access_token) > LONGEST_CODE:
        return claims
    more = discovery.read_json(provider, metadata.userinfo, {"Authorization": f"Bearer {access_token}"})
    if more.get("sub") != claims["sub"]:
        raise refused(provider.label, "userinfo is about somebody else")
    return more | claims


def made(purpose: str, attempt: Attempt) -> str:
    """State, nonce, verifier or request of an attempt."""
    return derived(current_config().secret_key, f"{purpose}:{attempt.provider}", attempt.secret)


def _with(url: str, fields: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}"
