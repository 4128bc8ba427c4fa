"""The mails of signing in, written when they are sent: only then is a secret made, and only its hash kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin import tokens
from accounts.signin.models import LetterWish, Registration
from accounts.signin.rules import REGISTRATION_KEPT, Purpose
from common import settings
from common.clock import now
from common.db import db
from common.i18n import _
from common.mail import Letter, link, renderer
from common.unit_of_work import unit_of_work

IGNORE = _("If you did not ask for this, ignore this message: nothing changes.")
REASON_ACCOUNT = _("You get this message because it concerns your account.")
REASON_ASKED = _("You get this message because this address was typed on our site.")


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
    language = registration.language
    return Letter(
        to=registration.email,
        to_name=registration.display_name,
        subject=_("Confirm your address"),
        paragraphs=[
            _("Hello %(name)s,", name=registration.display_name),
            _("One click and your account on %(site)s is open. The link works for 24 hours.", site=_site()),
            IGNORE,
        ],
        button=(_("Open my account"), link("signin.confirm", language, secret=secret)),
        language=language,
        reason=REASON_ASKED,
    )


def _already_a_member(member: Member) -> Letter:
    secret = tokens.mint(Purpose.SIGN_IN, member.email or "", member_id=member.id)
    return Letter(
        to=member.email or "",
        to_name=member.display_name,
        subject=_("You already have an account"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _("Somebody, probably you, just tried to open an account with this address. It already has one."),
            _(
                "This link signs you in during 20 minutes. You can then choose a new password in your settings."
            ),
            IGNORE,
        ],
        button=(_("Sign in"), link("signin.enter", member.language, secret=secret)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )


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
    return Letter(
        to=member.email or "",
        to_name=member.display_name,
        subject=_("Your link to sign in"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _("Here is your link to sign in to %(site)s. It works once, during 20 minutes.", site=_site()),
            IGNORE,
        ],
        button=(_("Sign in"), link("signin.enter", member.language, secret=secret, **onward)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )


def _reset_letter(member: Member) -> Letter:
    secret = tokens.mint(Purpose.RESET, member.email or "", member_id=member.id)
    return Letter(
        to=member.email or "",
        to_name=member.display_name,
        subject=_("Choose a new password"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _(
                "With this link you choose a new password. It works once, during one hour; older links no longer work."
            ),
            _("Choosing a new password signs you out everywhere else."),
            IGNORE,
        ],
        button=(_("Choose a new password"), link("signin.reset", member.language, secret=secret)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )


def _move_letter(wish: LetterWish) -> Letter | None:
    member = db.session.get(Member, wish.member_id)
    if member is None or member.closed_at is not None:
        return None
    if _member_of(wish.email_key) is not None:
        return Letter(
            to=wish.email,
            subject=_("This address already has an account"),
            paragraphs=[
                _(
                    "A member of %(site)s wanted to use this address, but it already has an account.",
                    site=_site(),
                ),
                _("Nothing was changed. If it was you, sign in with this address instead."),
            ],
            button=(_("Sign in"), link("signin.sign_in", wish.language)),
            language=wish.language,
            reason=REASON_ASKED,
        )
    secret = tokens.mint(Purpose.CHANGE_EMAIL, wish.email, member_id=member.id)
    return Letter(
        to=wish.email,
        to_name=member.display_name,
        subject=_("Confirm your new address"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _(
                "One click and this address replaces the former one of your account. The link works for one hour."
            ),
            IGNORE,
        ],
        button=(_("Use this address"), link("signin.move", member.language, secret=secret)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )


@renderer("password-changed")
def write_password_notice(ids: dict[str, Any]) -> Letter | None:
    """Told to the member whenever the password changes."""
    member = db.session.get(Member, ids["member_id"])
    if member is None or not member.email:
        return None
    return Letter(
        to=member.email,
        to_name=member.display_name,
        subject=_("Your password was changed"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _("The password of your account on %(site)s has just been changed, and all other devices were signed out.", site=_site()),
            _("If it was not you, choose a new password at once with the button."),
        ],
        button=(_("It was not me"), link("signin.forgot", member.language)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )  # fmt: skip


@renderer("email-changed")
def write_move_notice(ids: dict[str, Any]) -> Letter | None:
    """Told to the former address when an account moved to another one."""
    wish = db.session.get(LetterWish, ids["wish_id"])
    member = db.session.get(Member, wish.member_id) if wish else None
    if wish is None or member is None:
        return None
    return Letter(
        to=wish.email,
        to_name=member.display_name,
        subject=_("Your account has a new address"),
        paragraphs=[
            _("Hello %(name)s,", name=member.display_name),
            _("Your account on %(site)s now uses another e-mail address. This one no longer receives our messages.", site=_site()),
            _("If it was not you, write to the team at once."),
        ],
        button=(_("Ask for help"), link("home.show", member.language)),
        language=member.language,
        reason=REASON_ACCOUNT,
    )  # fmt: skip


def _member_of(key: str) -> Member | None:
    return db.session.scalar(select(Member).where(Member.email_key == key, Member.closed_at.is_(None)))


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
