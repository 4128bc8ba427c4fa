"""The providers that ``FOURMI_SINGLE_SIGN_ON`` names, read once and checked before anything starts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from accounts.members.rules import Role
from accounts.singlesignon.rules import LONGEST_ID, SIGNED_APART, TEAM_FACTS, TICKETS_SIGNED, Kind
from common import outgoing
from common.config import Misconfigured, current_config
from common.errors import NotFound

VARIABLE = "FOURMI_SINGLE_SIGN_ON"
MOST = 10
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
SECRET_MIN = 32
_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}")
_FIELDS = {
    Kind.OPENID: {"client_id", "client_secret", "scopes", "algorithms"},
    Kind.TICKET: {"audience", "algorithm", "key", "sign_in_url"},
    Kind.SAML: {"entity_id", "sign_in_url", "certificates", "confirms_addresses"},
}
_COMMON = {"name", "label", "kind", "issuer", "claims", "role"}
_CLAIMS = {"name", "language", *TEAM_FACTS}
_ATTRIBUTES = _CLAIMS | {"email", "subject"}
MOST_CERTIFICATES = 4
RSA_MIN = 2048


@dataclass(frozen=True, slots=True)
class Provider:
    """One way in. ``name`` stands in addresses, ``label`` on the button."""

    name: str
    label: str
    kind: Kind
    issuer: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid email profile"
    algorithms: tuple[str, ...] = SIGNED_APART
    key: str = field(default="", repr=False)
    sign_in_url: str = ""
    certificates: tuple[str, ...] = ()
    confirms_addresses: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)
    role_claim: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    highest_role: str = Role.MODERATOR.value

    @property
    def has_button(self) -> bool:
        """Whether one can begin here; else only the brand's own pages send people."""
        return self.kind is not Kind.TICKET or bool(self.sign_in_url)


def all_providers() -> tuple[Provider, ...]:
    """In the order of the configuration. Raises :class:`Misconfigured`."""
    config = current_config()
    return _read(config.single_sign_on, config.base_url, config.production, config.private_receivers)


def provider_named(name: str) -> Provider:
    """One of them. Raises :class:`NotFound`."""
    found = next((provider for provider in all_providers() if provider.name == name), None)
    if found is None:
        raise NotFound
    return found


def label_of(name: str) -> str:
    """What a provider is called; its bare name when it is configured no longer."""
    return next((provider.label for provider in all_providers() if provider.name == name), name)


def is_safe(url: Any, production: bool) -> bool:
    """https, or a plain address of this very machine while nobody real is served."""
    if not isinstance(url, str):
        return False
    try:
        parts = outgoing.checked(url)
    except outgoing.NotAllowed:
        return False
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return not parts.fragment and (parts.scheme == "https" or (here and not production))


@lru_cache(maxsize=16)
def _read(raw: str, base_url: str, production: bool, _allowed: frozenset[str]) -> tuple[Provider, ...]:
    try:
        entries = json.loads(raw or "[]")
    except ValueError as error:
        raise Misconfigured(f"{VARIABLE} is no JSON: {error}") from error
    if not isinstance(entries, list) or len(entries) > MOST:
        raise Misconfigured(f"{VARIABLE} must be a list of at most {MOST} providers.")
    made = tuple(_provider(entry, base_url, production) for entry in entries)
    if len({provider.name for provider in made}) < len(made):
        raise Misconfigured(f"{VARIABLE} names a provider twice.")
    if len({provider.issuer for provider in made}) < len(made):
        raise Misconfigured(f"{VARIABLE} has two providers with one issuer: they could pass for each other.")
    return made


def _provider(entry: Any, base_url: str, production: bool) -> Provider:
    if not isinstance(entry, dict) or not _NAME.fullmatch(str(entry.get("name", ""))):
        raise Misconfigured(f"{VARIABLE}: every provider needs a name of small letters, digits and hyphens.")
    name = entry["name"]

    def demand(good: bool, words: str) -> None:
        if not good:
            raise Misconfigured(f"{VARIABLE}, provider {name}: {words}")

    demand(entry.get("kind") in set(Kind), "kind is openid, ticket or saml.")
    kind = Kind(entry["kind"])
    unknown = set(entry) - _COMMON - _FIELDS[kind]
    demand(not unknown, f"unknown fields: {', '.join(sorted(unknown))}.")
    issuer, label = entry.get("issuer"), entry.get("label", name)
    demand(isinstance(label, str) and 0 < len(label) <= 40, "label has 1 to 40 characters.")
    role_claim, roles, highest = _roles(entry.get("role", {}), demand)
    claims, known = entry.get("claims", {}), _ATTRIBUTES if kind is Kind.SAML else _CLAIMS
    demand(
        isinstance(claims, dict) and set(claims) <= known and all(map(_is_text, claims.values())),
        f"claims may name {', '.join(sorted(known))}.",
    )
    shared: dict[str, Any] = {
        "name": name, "label": label, "kind": kind, "issuer": issuer, "claims": claims, "role_claim": role_claim,
        "roles": roles, "highest_role": highest,
    }  # fmt: skip
    if kind is Kind.OPENID:
        demand(is_safe(issuer, production), "issuer must be the https:// address of the provider.")
        return Provider(**shared, **_openid(entry, demand))
    if kind is Kind.SAML:
        demand(
            isinstance(issuer, str) and 0 < len(issuer) <= LONGEST_ID,
            "issuer is the entity id of the provider.",
        )
        return Provider(
            **shared, **_saml(entry, f"{base_url}/sign-in/with/{name}/metadata", production, demand)
        )
    demand(_is_text(issuer), "issuer is what the ticket says in iss.")
    return Provider(**shared, **_ticket(entry, base_url, production, demand))


def _openid(entry: dict[str, Any], demand: Any) -> dict[str, Any]:
    algorithms = entry.get("algorithms", list(SIGNED_APART))
    demand(_is_text(entry.get("client_id")), "client_id is missing.")
    demand(isinstance(entry.get("client_secret", ""), str), "client_secret is a text.")
    demand(
        isinstance(algorithms, list) and bool(algorithms) and set(algorithms) <= set(SIGNED_APART),
        f"algorithms are among {', '.join(SIGNED_APART)}.",
    )
    scopes = entry.get("scopes", "openid email profile")
    demand(isinstance(scopes, str) and "openid" in scopes.split(), "scopes must hold openid.")
    return {
        "client_id": entry["client_id"], "client_secret": entry.get("client_secret", ""), "scopes": scopes,
        "algorithms": tuple(algorithms),
    }  # fmt: skip


def _ticket(entry: dict[str, Any], base_url: str, production: bool, demand: Any) -> dict[str, Any]:
    algorithm, key, url = entry.get("algorithm", "HS256"), entry.get("key", ""), entry.get("sign_in_url", "")
    demand(algorithm in TICKETS_SIGNED, f"algorithm is one of {', '.join(TICKETS_SIGNED)}.")
    is_pem = isinstance(key, str) and "-----BEGIN" in key
    if algorithm == "HS256":
        demand(_is_text(key) and len(key) >= SECRET_MIN and not is_pem, f"key has {SECRET_MIN} characters.")
    else:
        demand(is_pem and "PRIVATE" not in key, "key is the public key in PEM.")
    demand(not url or is_safe(url, production), "sign_in_url must begin with https://.")
    audience = entry.get("audience", base_url)
    demand(_is_text(audience), "audience is what the ticket says in aud.")
    return {"client_id": audience, "algorithms": (algorithm,), "key": key, "sign_in_url": url}


def _saml(entry: dict[str, Any], default_id: str, production: bool, demand: Any) -> dict[str, Any]:
    certificates, url = entry.get("certificates", []), entry.get("sign_in_url")
    entity_id, confirms = entry.get("entity_id", default_id), entry.get("confirms_addresses", False)
    demand(is_safe(url, production), "sign_in_url is the https:// address for sign-in by redirect.")
    demand(
        isinstance(certificates, list) and 0 < len(certificates) <= MOST_CERTIFICATES,
        f"certificates holds one to {MOST_CERTIFICATES} of the provider's signing certificates.",
    )
    made = tuple(_certificate(one) for one in certificates)
    demand(
        all(made),
        f"each certificate is PEM, or its base64 part, of an RSA key of {RSA_MIN} bits or more or an EC key.",
    )
    demand(_is_text(entity_id), "entity_id is what the provider knows us by.")
    demand(isinstance(confirms, bool), "confirms_addresses is true or false.")
    return {
        "client_id": entity_id, "sign_in_url": url, "certificates": made, "confirms_addresses": confirms,
    }  # fmt: skip


def _certificate(given: Any) -> str:
    """A certificate as PEM; empty for what is none, or has a weak key."""
    if not _is_text(given):
        return ""
    pem = given if "-----BEGIN" in given else f"{_BEGIN}\n{given.strip()}\n{_END}\n"
    try:
        key = load_pem_x509_certificate(pem.encode()).public_key()
    except ValueError:
        return ""
    strong = isinstance(key, EllipticCurvePublicKey) or (
        isinstance(key, RSAPublicKey) and key.key_size >= RSA_MIN
    )
    return pem if strong else ""


def _roles(entry: Any, demand: Any) -> tuple[str, dict[str, str], str]:
    if not entry:
        return "", {}, Role.MODERATOR.value
    demand(
        isinstance(entry, dict) and set(entry) <= {"claim", "values", "highest"},
        "role has a claim and values.",
    )
    values, highest = entry.get("values"), entry.get("highest", Role.MODERATOR.value)
    demand(_is_text(entry.get("claim")) and isinstance(values, dict), "role has a claim and values.")
    demand({highest, *map(str, values.values())} <= set(Role), f"roles are {', '.join(Role)}.")
    order = list(Role)
    demand(
        all(order.index(Role(role)) <= order.index(Role(highest)) for role in values.values()),
        f"no value may give more than the highest role, which is {highest}.",
    )
    return entry["claim"], dict(values), highest


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4_000
