"""The mails about an account that is closed and may still be taken back."""

from __future__ import annotations

from typing import Any

from accounts.members.models import Member
from accounts.signin.letters import HELLO, REASON_ACCOUNT
from common import settings
from common.db import db
from common.i18n import _, date_in_words, using_language
from common.mail import Letter, link, renderer, words

CLOSING = words(
    "account-closing",
    _("To somebody who closed the account"),
    _("Your account is closed"),
    (
        HELLO,
        _("Your account on %(site)s is closed: nobody sees your profile any more, and your texts are signed “former member”."),
        _("On %(day)s your name and what was yours alone are erased for good."),
        _("Until then you can take it back: sign in, and everything is as it was. If it was not you, do so now and choose a new password."),
    ),
    _("Take my account back"),
)  # fmt: skip
REOPENED = words(
    "account-reopened",
    _("To somebody who took a closed account back"),
    _("Your account is open again"),
    (
        HELLO,
        _("You signed in to %(site)s: your account is open again, and nothing was erased."),
        _("If you want to leave after all, close it once more in your settings."),
    ),
    _("My account"),
)


@renderer("account-closing")
def write_closing(ids: dict[str, Any]) -> Letter | None:
    """Told when the account is closed, as long as it can be taken back."""
    member = db.session.get(Member, ids["member_id"])
    if member is None or member.erase_at is None or not member.email:
        return None
    with using_language(member.language):
        day = date_in_words(member.erase_at)
    values = {**_values(member), "day": day}
    return CLOSING.letter(member.email, values, link("signin.sign_in", member.language), **_to(member))


@renderer("account-reopened")
def write_reopened(ids: dict[str, Any]) -> Letter | None:
    """Told when it was taken back."""
    member = db.session.get(Member, ids["member_id"])
    if member is None or member.closed_at is not None or not member.email:
        return None
    return REOPENED.letter(
        member.email, _values(member), link("settings.account", member.language), **_to(member)
    )


def _values(member: Member) -> dict[str, str]:
    return {"name": member.display_name, "site": str(settings.get("brand.community"))}


def _to(member: Member) -> dict[str, Any]:
    return {"to_name": member.display_name, "language": member.language, "reason": REASON_ACCOUNT}
