"""Web push without a network: the examples of the standards, what an answer means, and where we never send."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from accounts.push import rules, sealing
from accounts.push.rules import Outcome, decoded, outcome, packed
from common.outgoing import NotAllowed, checked, is_public


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(text), "big"), ec.SECP256R1())


def test_the_example_of_the_standard_is_sealed_to_the_letter():
    """RFC 8291 §5 and appendix A."""
    sealed = sealing.sealed(
        b"When I grow up, I want to be a watermelon",
        raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        raw("BTBZMqHH6r4Tts7J_aSIgg"),
        private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert rules.encoded(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_every_message_has_keys_of_its_own():
    key = sealing.point(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert sealing.sealed(b"x", key, b"s" * 16) != sealing.sealed(b"x", key, b"s" * 16)


def test_the_token_names_the_service_and_holds_half_a_day():
    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 3, 2, tzinfo=UTC)
    told = sealing.authorization(key, "https://push.example", "mailto:a@example.com", moment)
    token, public = told.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(raw(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(raw(claims)) == {
        "aud": "https://push.example", "exp": int(moment.timestamp()) + 43_200, "sub": "mailto:a@example.com",
    }  # fmt: skip
    assert raw(public) == sealing.point(key.public_key())
    sign = raw(signature)
    der = encode_dss_signature(int.from_bytes(sign[:32], "big"), int.from_bytes(sign[32:], "big"))
    key.public_key().verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(der, f"{head}.{claims}x".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (201, Outcome.TAKEN), (204, Outcome.TAKEN), (404, Outcome.GONE), (410, Outcome.GONE), (429, Outcome.LATER),
        (500, Outcome.LATER), (503, Outcome.LATER), (400, Outcome.REFUSED), (403, Outcome.REFUSED), (302, Outcome.REFUSED),
        (413, Outcome.REFUSED),
    ],
)  # fmt: skip
def test_what_an_answer_means(status, meaning):
    assert outcome(status) is meaning


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_a_message_is_whole_and_small_whatever_it_says(title, body):
    message = packed(title, body, "https://example.com/" + "x" * 400, "tag", "fr")
    assert len(message) <= rules.MOST_BYTES and json.loads(message)["lang"] == "fr"


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_keys(text):
    assert decoded(text, 16) is None or len(decoded(text, 16)) == 16


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.com/x", "https://push.example.com:8443/x", "https://127.0.0.1/x", "https://[::1]/x",
        "https://localhost/x", "https://2130706433/x", "https://0x7f.1/x", "https://0x7f000001/x", "https://me:you@push.example.com/",
        "ftp://push.example.com/", "https:///x", "https://push.example.com\\@127.0.0.1/", "https://push.exa mple.com/",
        "https://push.example.com/\n", "https://push.example.com:99999/", "https://push.éxample.com/", "javascript:alert(1)", "",
        "https://push.example.com/" + "x" * 2000, "file:///etc/passwd", "https://10.0.0.1./x",
        "https://push..example.com/", "https://.example.com/", f"https://{'a' * 64}.example.com/", "https://push.example.com../",
    ],
)  # fmt: skip
def test_only_https_by_name_is_ever_asked(url):
    with pytest.raises(NotAllowed):
        checked(url)


def test_the_services_of_real_browsers_are_allowed():
    for url in (
        "https://fcm.googleapis.com/fcm/send/abc:def-_", "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        f"https://{'a' * 63}.example.com/x", "https://push.example.com./x", "https://web.push.apple.com/QGuQ", "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d%3d",
    ):  # fmt: skip
        assert checked(url).hostname


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
        "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "192.0.2.1", "2001:db8::1", "240.0.0.1", "nonsense",
    ],
)  # fmt: skip
def test_no_address_inside_a_network_is_public(address):
    assert not is_public(address)


def test_public_addresses_are_public():
    assert all(is_public(address) for address in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"))
