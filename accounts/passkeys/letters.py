"""What a member is told by mail about passkeys."""

from __future__ import annotations

from typing import Any

from accounts.secondfactor.letters import BUTTON, NOT_ME, letter_to
from accounts.signin.letters import HELLO
from common.i18n import _
from common.mail import Letter, renderer, words

ADDED = words(
    "passkey-added",
    _("A passkey that was added"),
    _("A passkey was added to your account"),
    (HELLO, _("A new passkey opens your account on %(site)s from now on."), NOT_ME),
    BUTTON,
)
REMOVED = words(
    "passkey-removed",
    _("A passkey that was removed"),
    _("A passkey was removed from your account"),
    (HELLO, _("One of the passkeys of your account on %(site)s was removed in your settings."), NOT_ME),
    BUTTON,
)


@renderer("passkey-added")
def write_added(ids: dict[str, Any]) -> Letter | None:
    """A new key counts."""
    return letter_to(ids["member_id"], ADDED)


@renderer("passkey-removed")
def write_removed(ids: dict[str, Any]) -> Letter | None:
    """A key counts no longer."""
    return letter_to(ids["member_id"], REMOVED)
