"""The two ceremonies of WebAuthn: what the browser is asked, and what its answer says. The cryptography is py_webauthn's.

Asked of every device: a key that it finds by itself (no list of keys tells who is known here), and that its owner shows
a finger, a face or a PIN (two factors in one). No attestation: which make a device is says nothing we act upon.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.passkeys.rules import ANSWER_MAX, CREDENTIAL_MAX, FORMATS, Site
from common.errors import Invalid
from common.i18n import _

T = TypeVar("T")
log = logging.getLogger("fourmi.passkeys")

NOT_TAKEN = _(
    "This device gave no passkey that we can take. Nothing was changed; try again, or another device."
)
UNKNOWN = _(
    "We do not recognise this passkey. Perhaps it was removed here. Come in with your password, or have a link mailed."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent, read and not yet believed."""

    said: dict[str, Any]
    challenge: bytes
    credential_id: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, believed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask_to_make(
    site: Site,
    called: str,
    handle: bytes,
    person: str,
    challenge: bytes,
    known: Sequence[bytes],
    seconds: float,
) -> str:
    """What ``navigator.credentials.create`` is told, as JSON. ``known``: keys of the member; their devices say no."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.name,
            rp_name=called,
            user_id=handle,
            user_name=person,
            challenge=challenge,
            timeout=int(seconds * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
    )


def ask_to_show(site: Site, challenge: bytes, seconds: float) -> str:
    """What ``navigator.credentials.get`` is told, as JSON."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.name,
            challenge=challenge,
            timeout=int(seconds * 1000),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def read(raw: str) -> Answer:
    """What an answer says of itself, to look the rest up with. Raises :class:`Invalid`."""
    return _careful(lambda: _read(raw), NOT_TAKEN)


def _read(raw: str) -> Answer:
    if not raw or len(raw) > ANSWER_MAX:
        raise ValueError("no answer, or too long a one")
    said = json.loads(raw)
    given = said["response"]
    client = parse_client_data_json(base64url_to_bytes(given["clientDataJSON"]))
    handle = given.get("userHandle")
    return Answer(
        said,
        client.challenge,
        base64url_to_bytes(said["rawId"]),
        base64url_to_bytes(handle) if handle else b"",
    )


def check_made(answer: Answer, site: Site) -> Made:
    """Believe a new key. Its challenge was spent before. Raises :class:`Invalid`."""
    return _careful(lambda: _made(answer, site), NOT_TAKEN)


def _made(answer: Answer, site: Site) -> Made:
    attested = parse_attestation_object(base64url_to_bytes(answer.said["response"]["attestationObject"]))
    if attested.fmt not in FORMATS:
        raise ValueError("an attestation that was not asked for")
    found = webauthn.verify_registration_response(
        credential=answer.said,
        expected_challenge=answer.challenge,
        expected_rp_id=site.name,
        expected_origin=site.origin,
        require_user_verification=True,
    )
    if not 16 <= len(found.credential_id) <= CREDENTIAL_MAX:
        raise ValueError("length of the id")
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def check_shown(answer: Answer, site: Site, public_key: bytes) -> int:
    """Believe that the key was there, and its owner; returns how often it was used, by its own count. Raises
    :class:`Invalid`. Whether that count is later than the last is the caller's to decide, once this is believed."""
    return _careful(lambda: _shown(answer, site, public_key), UNKNOWN)


def _shown(answer: Answer, site: Site, public_key: bytes) -> int:
    return webauthn.verify_authentication_response(
        credential=answer.said,
        expected_challenge=answer.challenge,
        expected_rp_id=site.name,
        expected_origin=site.origin,
        credential_public_key=public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    ).new_sign_count


def _careful(look: Callable[[], T], sentence: Any) -> T:
    """Whatever a stranger sends ends in the same sentence; the reason is in the log."""
    try:
        return look()
    except Exception as error:
        log.info(
            "not taken: %s: %s", type(error).__name__, str(error).encode("unicode_escape").decode()[:200]
        )
        raise Invalid(sentence) from error
