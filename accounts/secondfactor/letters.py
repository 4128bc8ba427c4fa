"""What a member is told by mail about the second factor. No letter holds a code."""

from __future__ import annotations

from typing import Any

from accounts.members.models import Member
from accounts.secondfactor.queries import codes_left
from accounts.signin.letters import HELLO, REASON_ACCOUNT
from common import settings
from common.db import db
from common.i18n import _
from common.mail import Letter, Words, link, renderer, words

NOT_ME = _("If it was not you, choose a new password at once with the button, and write to the team.")
BUTTON = _("It was not me")

ON = words(
    "second-factor-on",
    _("A second factor that was switched on"),
    _("Signing in asks for a code from now on"),
    (
        HELLO,
        _(
            "A second factor protects your account on %(site)s: signing in now asks for a code of your app too."
        ),
        _("Keep the recovery codes in a safe place: each opens your account once when the app is lost."),
        NOT_ME,
    ),
    BUTTON,
)
OFF = words(
    "second-factor-off",
    _("A second factor that was switched off"),
    _("Signing in no longer asks for a code"),
    (HELLO, _("The second factor of your account on %(site)s was switched off in your settings."), NOT_ME),
    BUTTON,
)
RECOVERY = words(
    "second-factor-recovery",
    _("A recovery code that was used"),
    _("A recovery code was used"),
    (
        HELLO,
        _("One of the recovery codes of your account on %(site)s was just used. Codes left: %(count)s."),
        NOT_ME,
    ),
    BUTTON,
)
RESET = words(
    "second-factor-reset",
    _("A second factor that the team reset"),
    _("The team reset your second factor"),
    (
        HELLO,
        _(
            "The team of %(site)s took the second factor and the passkeys off your account, as somebody in your name asked."
        ),
        _("You can set them up anew in your settings."),
        NOT_ME,
    ),
    BUTTON,
)


def letter_to(member_id: int, of: Words) -> Letter | None:
    """A letter about the ways into a member's account; the button leads to a new password."""
    member = db.session.get(Member, member_id)
    if member is None or member.closed_at is not None or not member.email:
        return None
    values = {
        "name": member.display_name,
        "site": str(settings.get("brand.community")),
        "brand": str(settings.get("brand.name")),
        "count": codes_left(member.id),
    }
    url = link("signin.forgot", member.language)
    return of.letter(
        member.email,
        values,
        url,
        to_name=member.display_name,
        language=member.language,
        reason=REASON_ACCOUNT,
    )


@renderer("second-factor-on")
def write_on(ids: dict[str, Any]) -> Letter | None:
    """It counts from now on."""
    return letter_to(ids["member_id"], ON)


@renderer("second-factor-off")
def write_off(ids: dict[str, Any]) -> Letter | None:
    """Switched off by the member."""
    return letter_to(ids["member_id"], OFF)


@renderer("second-factor-recovery")
def write_recovery(ids: dict[str, Any]) -> Letter | None:
    """A recovery code was used, and how many are left."""
    return letter_to(ids["member_id"], RECOVERY)


@renderer("second-factor-reset")
def write_reset(ids: dict[str, Any]) -> Letter | None:
    """Taken away by the team."""
    return letter_to(ids["member_id"], RESET)
