"""What an identity provider says about itself: its addresses and its keys, fetched carefully and kept for a while.

Everything goes through :mod:`common.outgoing`: public addresses only, pinned to what was checked, no redirect followed,
little read, nobody waits long. A key that is not known has the keys fetched again, at most once a minute.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from accounts.singlesignon.failing import unreachable
from accounts.singlesignon.providers import Provider, is_safe
from common import outgoing
from common.config import current_config

KEPT_SECONDS = 3600.0
AGAIN_AFTER = 60.0
LARGEST = 65_536
LONGEST_WAIT = 8.0
MOST_KEYS = 30
JSON_WANTED = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The provider's own description (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    says_iss: bool = False
    wants_post: bool = False


_metadata: dict[str, tuple[Metadata, float]] = {}
_keys: dict[str, tuple[KeySet, float]] = {}


def forget() -> None:
    """Ask anew (tests)."""
    _metadata.clear()
    _keys.clear()


def metadata_of(provider: Provider) -> Metadata:
    """What the provider offers. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    kept = _metadata.get(provider.issuer)
    if kept is None or kept[1] < time.monotonic():
        told = read_json(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        kept = _metadata[provider.issuer] = (_checked(provider, told), time.monotonic() + KEPT_SECONDS)
    return kept[0]


def keys_of(provider: Provider, anew: bool = False) -> KeySet:
    """The keys the provider signs with. ``anew``: one was not among them."""
    where = metadata_of(provider).keys
    kept, moment = _keys.get(where), time.monotonic()
    is_old = kept is None or kept[1] + KEPT_SECONDS < moment
    if kept is None or is_old or (anew and kept[1] + AGAIN_AFTER < moment):
        kept = _keys[where] = (_key_set(provider, read_json(provider, where)), moment)
    return kept[0]


def read_json(provider: Provider, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The object at an address of the provider. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    try:
        reply = outgoing.get(url, JSON_WANTED | (headers or {}), LARGEST + 1, LONGEST_WAIT)
    except (outgoing.Unreachable, outgoing.NotAllowed) as error:
        raise unreachable(provider.label, f"{url}: {error}") from error
    return parsed(provider, url, reply)


def parsed(provider: Provider, url: str, reply: outgoing.Reply) -> dict[str, Any]:
    """A reply as an object; anything but a good, small one is a failure."""
    if reply.status != 200:
        raise unreachable(provider.label, f"{url} answered {reply.status}")
    if len(reply.body) > LARGEST:
        raise unreachable(provider.label, f"{url} sent more than {LARGEST} bytes")
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise unreachable(provider.label, f"{url} sent no JSON") from error
    if not isinstance(told, dict):
        raise unreachable(provider.label, f"{url} sent no object")
    return told


def _checked(provider: Provider, told: dict[str, Any]) -> Metadata:
    if told.get("issuer") != provider.issuer:
        raise unreachable(
            provider.label, f"the description is of another issuer: {told.get('issuer')!r:.200}"
        )
    production = current_config().production
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for name in names:
        if not is_safe(told.get(name), production):
            raise unreachable(provider.label, f"{name} is no address to go to: {told.get(name)!r:.200}")
    userinfo = told.get("userinfo_endpoint", "")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Metadata(
        *(told[name] for name in names),
        userinfo=userinfo if is_safe(userinfo, production) else "",
        says_iss=told.get("authorization_response_iss_parameter_supported") is True,
        wants_post="client_secret_basic" not in ways and "client_secret_post" in ways,
    )


def _key_set(provider: Provider, told: dict[str, Any]) -> KeySet:
    """The public signing keys among what was sent; what is none, or cannot be read, is passed over."""
    entries, found = told.get("keys"), []
    for entry in entries[:MOST_KEYS] if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            found.append(import_key(entry))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not found:
        raise unreachable(provider.label, "no key to check a signature with")
    return KeySet(found)
