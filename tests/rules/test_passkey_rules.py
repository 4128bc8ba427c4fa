"""What passkeys are bound to, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.passkeys import rules
from accounts.passkeys.rules import Site

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://community.example.com", Site("community.example.com", "https://community.example.com")),
        ("https://Community.Example.com:443/", Site("community.example.com", "https://community.example.com")),
        ("https://community.example.com:8443", Site("community.example.com", "https://community.example.com:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://community.localhost", Site("community.localhost", "http://community.localhost")),
        ("http://community.example.com", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[::1]", None),
        ("ftp://example.com", None),
        ("", None),
    ],
)  # fmt: skip
def test_keys_are_made_for_the_public_address_or_not_at_all(address, site):
    assert rules.site_of(address) == site


def test_a_challenge_is_fresh_for_minutes_only():
    lasts = timedelta(minutes=10)
    challenge = rules.head_of(bytes(rules.NONCE_BYTES), NOON) + bytes(rules.MAC_BYTES)
    assert rules.is_fresh(challenge, NOON, lasts)
    assert rules.is_fresh(challenge, NOON + lasts, lasts)
    assert not rules.is_fresh(challenge, NOON + lasts + timedelta(seconds=1), lasts)
    assert not rules.is_fresh(challenge, NOON - timedelta(minutes=1), lasts)
    for other in (b"", challenge[:-1], challenge + b"x"):
        assert not rules.is_fresh(other, NOON, lasts)


def test_a_key_always_has_a_readable_name():
    assert rules.tidy_name("  My\u0000 blue \n key ", "Firefox") == "My blue key"
    assert rules.tidy_name("\u200b ", "Firefox, Windows") == "Firefox, Windows"
    assert len(rules.tidy_name("x" * 300, "")) == rules.NAME_MAX
