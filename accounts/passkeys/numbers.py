"""What staff may change about passkeys."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "accounts.passkeys_most", 10, unit=_("passkeys"), low=1, high=50,
    help=_("Passkeys that one member may have."),
)  # fmt: skip
settings.define(
    "accounts.passkey_minutes", 10, unit=_("minutes"), low=1, high=60,
    help=_("How long a page waits for the answer of a passkey."),
)  # fmt: skip
settings.define(
    "accounts.passkey_tries", 30, unit=_("tries"), low=5, high=10_000,
    help=_("Answers of passkeys from one network address in a quarter of an hour."),
)  # fmt: skip


def most() -> int:
    """Passkeys of one member."""
    return settings.get("accounts.passkeys_most")


def lasts() -> timedelta:
    """How long a challenge is good."""
    return timedelta(minutes=settings.get("accounts.passkey_minutes"))


def tries() -> int:
    """Answers from one network address in a quarter of an hour."""
    return settings.get("accounts.passkey_tries")
