"""The mails of signing in, written when they are sent: only then is a secret made, and only its hash kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.signin import tokens
from accounts.signin.models import LetterWish, Registration
from accounts.signin.rules import REGISTRATION_KEPT, Purpose
from common import settings
from common.clock import now
from common.db import db
from common.i18n import _
from common.mail import Letter, link, renderer, words
from common.unit_of_work import unit_of_work

HELLO = _("Hello %(name)s,")
IGNORE = _("If you did not ask for this, ignore this message: nothing changes.")
REASON_ACCOUNT = _("You get this message because it concerns your account.")
REASON_ASKED = _("You get this message because this address was typed on our site.")

CONFIRM = words(
    "account-confirm",
    _("To open an account"),
    _("Confirm your address"),
    (
        HELLO,
        _("One click and your account on %(site)s is open. The link works for 24 hours."),
        IGNORE,
    ),
    _("Open my account"),
)
ALREADY = words(
    "account-already",
    _("To somebody who already has an account"),
    _("You already have an account"),
    (
        HELLO,
        _("Somebody, probably you, just tried to open an account with this address. It already has one."),
        _("This link signs you in during 20 minutes. You can then choose a new password in your settings."),
        IGNORE,
    ),
    _("Sign in"),
)
SIGN_IN = words(
    "account-sign-in",
    _("The link to sign in"),
    _("Your link to sign in"),
    (HELLO, _("Here is your link to sign in to %(site)s. It works once, during 20 minutes."), IGNORE),
    _("Sign in"),
)
RESET = words(
    "account-reset",
    _("The link for a new password"),
    _("Choose a new password"),
    (
        HELLO,
        _(
            "With this link you choose a new password. It works once, during one hour; older links no longer work."
        ),
        _("Choosing a new password signs you out everywhere else."),
        IGNORE,
    ),
    _("Choose a new password"),
)
TAKEN = words(
    "account-address-taken",
    _("A new address that has an account already"),
    _("This address already has an account"),
    (
        _("A member of %(site)s wanted to use this address, but it already has an account."),
        _("Nothing was changed. If it was you, sign in with this address instead."),
    ),
    _("Sign in"),
)
MOVE = words(
    "account-move",
    _("To confirm a new address"),
    _("Confirm your new address"),
    (
        HELLO,
        _("One click and this address replaces the former one of your account. The link works for one hour."),
        IGNORE,
    ),
    _("Use this address"),
)
PASSWORD_CHANGED = words(
    "password-changed",
    _("A password that was changed"),
    _("Your password was changed"),
    (
        HELLO,
        _(
            "The password of your account on %(site)s has just been changed, and all other devices were signed out."
        ),
        _("If it was not you, choose a new password at once with the button."),
    ),
    _("It was not me"),
)
EMAIL_CHANGED = words(
    "email-changed",
    _("An address that was changed, to the former one"),
    _("Your account has a new address"),
    (
        HELLO,
        _(
            "Your account on %(site)s now uses another e-mail address. This one no longer receives our messages."
        ),
        _("If it was not you, write to the team at once."),
    ),
    _("Ask for help"),
)


@renderer("account-confirm")
def write_confirmation(ids: dict[str, Any]) -> Letter | None:
    """The link that opens an account; to somebody who already has one, a link to sign in instead."""
    with unit_of_work():
        registration = db.session.get(Registration, ids["registration_id"])
        if registration is None or registration.member_id is not None:
            return None
        member = _member_of(registration.email_key)
        if member is not None:
            return _already_a_member(member)
        return _confirmation(registration)


def _confirmation(registration: Registration) -> Letter:
    secret = tokens.mint(Purpose.CONFIRM, registration.email, registration_id=registration.id)
    return CONFIRM.letter(
        registration.email,
        _values(registration.display_name),
        link("signin.confirm", registration.language, secret=secret),
        to_name=registration.display_name,
        language=registration.language,
        reason=REASON_ASKED,
    )


def _values(name: str) -> dict[str, str]:
    return {"name": name, "site": _site(), "brand": str(settings.get("brand.name"))}


def _to(member: Member) -> dict[str, Any]:
    return {"to_name": member.display_name, "language": member.language, "reason": REASON_ACCOUNT}


def _already_a_member(member: Member) -> Letter:
    secret = tokens.mint(Purpose.SIGN_IN, member.email or "", member_id=member.id)
    url = link("signin.enter", member.language, secret=secret)
    return ALREADY.letter(member.email or "", _values(member.display_name), url, **_to(member))


@renderer("account-link")
def write_link(ids: dict[str, Any]) -> Letter | None:
    """The link somebody asked for: to sign in, for a new password, or to prove a new address."""
    with unit_of_work():
        wish = db.session.get(LetterWish, ids["wish_id"])
        if wish is None or not wish.email_key:
            return None
        if wish.purpose == Purpose.CHANGE_EMAIL:
            return _move_letter(wish)
        member = _member_of(wish.email_key)
        if member is not None:
            return _sign_in_letter(member, wish) if wish.purpose == Purpose.SIGN_IN else _reset_letter(member)
        registration = _unproven(wish.email_key)
        return _confirmation(registration) if registration is not None else None


def _sign_in_letter(member: Member, wish: LetterWish) -> Letter:
    secret = tokens.mint(Purpose.SIGN_IN, member.email or "", member_id=member.id)
    onward = {"next": wish.next_path} if wish.next_path else {}
    url = link("signin.enter", member.language, secret=secret, **onward)
    return SIGN_IN.letter(member.email or "", _values(member.display_name), url, **_to(member))


def _reset_letter(member: Member) -> Letter:
    secret = tokens.mint(Purpose.RESET, member.email or "", member_id=member.id)
    url = link("signin.reset", member.language, secret=secret)
    return RESET.letter(member.email or "", _values(member.display_name), url, **_to(member))


def _move_letter(wish: LetterWish) -> Letter | None:
    member = db.session.get(Member, wish.member_id)
    if member is None or member.closed_at is not None:
        return None
    if _member_of(wish.email_key) is not None:
        url = link("signin.sign_in", wish.language)
        return TAKEN.letter(wish.email, _values(""), url, language=wish.language, reason=REASON_ASKED)
    secret = tokens.mint(Purpose.CHANGE_EMAIL, wish.email, member_id=member.id)
    url = link("signin.move", member.language, secret=secret)
    return MOVE.letter(wish.email, _values(member.display_name), url, **_to(member))


@renderer("password-changed")
def write_password_notice(ids: dict[str, Any]) -> Letter | None:
    """Told to the member whenever the password changes."""
    member = db.session.get(Member, ids["member_id"])
    if member is None or not member.email:
        return None
    url = link("signin.forgot", member.language)
    return PASSWORD_CHANGED.letter(member.email, _values(member.display_name), url, **_to(member))


@renderer("email-changed")
def write_move_notice(ids: dict[str, Any]) -> Letter | None:
    """Told to the former address when an account moved to another one."""
    wish = db.session.get(LetterWish, ids["wish_id"])
    member = db.session.get(Member, wish.member_id) if wish else None
    if wish is None or member is None:
        return None
    url = link("home.show", member.language)
    return EMAIL_CHANGED.letter(wish.email, _values(member.display_name), url, **_to(member))


def _member_of(key: str) -> Member | None:
    return db.session.scalar(select(Member).where(Member.email_key == key, may_enter()))


def _unproven(key: str) -> Registration | None:
    """The last account asked for with this address, while it can still be opened."""
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.email_key == key,
            Registration.member_id.is_(None),
            Registration.created_at > now() - REGISTRATION_KEPT,
        )
        .order_by(Registration.id.desc())
        .limit(1)
    )


def _site() -> str:
    return str(settings.get("brand.community"))
