"""An answer between two requests. Another house posts it, and browsers send our cookies along with no post from
elsewhere: so what was signed is kept here for a moment, and the browser comes back by an ordinary link, with its cookies,
to show that it was the one who asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from accounts.signin.tokens import digest, new_secret
from accounts.singlesignon import reading
from accounts.singlesignon.asking import Answer, Attempt, back_url, made
from accounts.singlesignon.failing import refused, stale
from accounts.singlesignon.models import KeptAnswer
from accounts.singlesignon.providers import Provider
from accounts.singlesignon.rules import LONGEST_ID, Kind, same
from accounts.singlesignon.saml import reading as saml
from accounts.singlesignon.saml import rules
from accounts.singlesignon.saml.asking import request_id
from common.clock import now
from common.db import affected, db
from common.unit_of_work import unit_of_work


def keep(provider: Provider, raw: str, state: str) -> str:
    """Keep what a provider posted; returns the secret for the browser. Raises
    :class:`~accounts.singlesignon.failing.Failed`: only what the provider signed is kept."""
    if provider.kind is not Kind.SAML:
        raise refused(provider.label, "speaks another way")
    said, answers = saml.read(provider, raw, back_url(provider))
    if not state or len(state) > rules.LONGEST_STATE:
        raise stale(f"{provider.name}: relay state")
    claims = claims_of(provider, said)
    if not _is_id(claims["sub"]):
        raise refused(provider.label, "assertion: no lasting name of a person")
    secret = new_secret()
    with unit_of_work():
        db.session.add(
            KeptAnswer(
                key_hash=digest(secret),
                provider=provider.name,
                request=answers[:200],
                state=state,
                assertion=said.id,
                claims=claims,
                expires_at=now() + rules.KEPT,
            )
        )
    return secret


def take(provider: Provider, attempt: Attempt | None, secret: str) -> Answer:
    """What was kept, for the browser that asked, once. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    with unit_of_work():
        row = db.session.scalar(
            select(KeptAnswer).where(KeptAnswer.key_hash == digest(secret), KeptAnswer.expires_at > now())
        )
        if row is None:
            raise stale(f"{provider.name}: nothing is kept")
        kept = (row.provider, row.request, row.state, row.assertion, dict(row.claims))
        if not affected(db.session.execute(delete(KeptAnswer).where(KeptAnswer.id == row.id))):
            raise stale(f"{provider.name}: taken already")
    name, request, state, assertion, claims = kept
    if attempt is None or attempt.provider != provider.name or name != provider.name:
        raise stale(f"{provider.name}: no attempt of this browser")
    if not same(request, request_id(made("request", attempt))) or not same(state, made("state", attempt)):
        raise stale(f"{provider.name}: answers another request")
    return Answer(reading.told_by(provider, claims), f"assertion:{provider.issuer}:{assertion}")


def claims_of(provider: Provider, said: rules.Assertion) -> dict[str, Any]:
    """What was said, as the claims that the other ways have. An address counts when the provider is known to confirm
    the addresses it tells."""
    names = provider.claims
    claims: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in said.attributes.items() if values
    }
    address = claims.get(names.get("email", "email"))
    if address is None and said.subject_format == rules.ADDRESS:
        address = said.subject
    return claims | {
        "sub": rules.subject_of(said, names.get("subject", "")),
        "email": address,
        "email_verified": provider.confirms_addresses,
    }


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable()
