"""When an assertion counts: pure decisions about what was signed. Time is an argument.

Sources: SAML 2.0 Core §2.3.3, §2.4.1.2, §2.5.1, §2.7.2, §3.2.2; Profiles §4.1.4.2, §4.1.4.3 (processing rules), §4.1.4.5
(POST: an assertion counts once); OWASP SAML Security Cheat Sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEEWAY = timedelta(seconds=60)
"""By how much two clocks may differ."""
LONGEST_RESPONSE = 150_000
"""Characters of base64: an answer with a certificate and thirty attributes has about ten thousand."""
LONGEST_STATE = 80
"""Bytes of a relay state (Bindings §3.4.3)."""
MOST_ATTRIBUTES = 100
KEPT = timedelta(minutes=5)
"""How long an answer waits for the browser's next step, which follows at once."""

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the bearer of an assertion is recognised."""

    method: str
    recipient: str
    in_response_to: str
    not_before: str
    not_on_or_after: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the response around the assertion says; it need not be signed, so it can only refuse."""

    issuer: str
    destination: str
    in_response_to: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """What was signed."""

    id: str
    issuer: str
    subject: str
    subject_format: str
    confirmations: tuple[Confirmation, ...]
    audiences: tuple[tuple[str, ...], ...]
    not_before: str
    not_on_or_after: str
    sessions_end: tuple[str, ...]
    attributes: dict[str, list[str]]


def fault(
    said: Assertion, around: Envelope, issuer: str, audience: str, here: str, moment: datetime
) -> str | None:
    """Why an answer is refused, for the log; None when it is good. ``here``: the address it was posted to."""
    if said.issuer != issuer or around.issuer not in ("", issuer):
        return "issuer"
    if around.destination not in ("", here):
        return "destination"
    if not said.id or len(said.id) > 200:
        return "no id"
    if not said.audiences or any(audience not in among for among in said.audiences):
        return "audience"
    if not _holds(said.not_before, said.not_on_or_after, moment):
        return "expired, or not yet valid"
    if not said.sessions_end or any(not _holds("", end, moment) for end in said.sessions_end):
        return "no statement of a sign-in, or its session is over"
    if request_of(said, around, here, moment) is None:
        return "no bearer for this address, this request and this moment"
    return None


def request_of(said: Assertion, around: Envelope, here: str, moment: datetime) -> str | None:
    """The request that is answered; None when no confirmation is good, or nobody asked."""
    for one in said.confirmations:
        is_good = (
            one.method == BEARER
            and one.recipient == here
            and not one.not_before
            and bool(one.not_on_or_after)
            and _holds("", one.not_on_or_after, moment)
        )
        if is_good and one.in_response_to and around.in_response_to in ("", one.in_response_to):
            return one.in_response_to
    return None


def _holds(since: str, until: str, moment: datetime) -> bool:
    first, last = moment_of(since), moment_of(until)
    if (since and first is None) or (until and last is None):
        return False
    return (first is None or first - LEEWAY <= moment) and (last is None or moment < last + LEEWAY)


def moment_of(text: str) -> datetime | None:
    """A moment as SAML writes it, with its zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and "T" in text else None


def subject_of(said: Assertion, attribute: str) -> str:
    """Who it is at the provider, for ever the same: the name id, unless it is made anew each time; or an attribute."""
    if attribute:
        values = said.attributes.get(attribute, [])
        return values[0] if len(values) == 1 else ""
    return "" if said.subject_format == TRANSIENT else said.subject
