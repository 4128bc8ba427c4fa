"""Passwords: what may be one, changing it, setting a new one by a mailed link."""

from __future__ import annotations

from sqlalchemy import select

from accounts.events import EmailConfirmed, PasswordChanged
from accounts.members.models import Member
from accounts.secondfactor import admitting
from accounts.signin import hashing, sessions, throttling, tokens
from accounts.signin.models import Credential
from accounts.signin.rules import PASSWORD_MIN_CHARACTERS, PasswordFault, Purpose, password_fault
from accounts.signin.sessions import Origin
from common import mail, settings
from common.clock import now
from common.db import db, insert_once, update_where
from common.errors import Forbidden, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work

FAULTS = {
    PasswordFault.SHORT: _(
        "At least %(count)s characters, please. Several words make a good password.",
        count=PASSWORD_MIN_CHARACTERS,
    ),
    PasswordFault.LONG: _("This password is too long: at most 1,024 bytes."),
    PasswordFault.COMMON: _("This password is among the first anybody would try. Choose a rarer one."),
    PasswordFault.PERSONAL: _("This password repeats your name or your address. Choose another."),
}


def faults_of(password: str, about: tuple[str, ...], field: str = "password") -> dict[str, Sentence]:
    """The sentence to show under a password field; empty when the password is good."""
    fault = password_fault(password, (*about, settings.get("brand.name"), settings.get("brand.community")))
    return {field: FAULTS[fault]} if fault else {}


def stored_hash(member_id: int | None) -> str | None:
    """The hash of a member's password; None when there is none."""
    return db.session.scalar(select(Credential.password_hash).where(Credential.member_id == member_id))


def has_password(member_id: int) -> bool:
    """Whether a member signs in by password, or by mailed links only."""
    return stored_hash(member_id) is not None


def check_own(actor: Actor, password: str, origin: Origin, field: str = "current_password") -> None:
    """Raise :class:`Invalid` unless ``password`` is the actor's own; guesses are throttled as at sign-in.
    A member who has none yet passes."""
    member = db.session.get(Member, actor.member_id) if actor.member_id else None
    if member is None:
        raise Forbidden
    stored, key = stored_hash(member.id), member.email_key or f"member:{member.id}"
    if stored is None:
        return
    throttling.check_guess(key, origin.address)
    if not hashing.verify(stored, password):
        throttling.count_failure(key, origin.address)
        raise Invalid(fields={field: _("This is not your present password.")})


def change_password(actor: Actor, current: str, new: str, origin: Origin) -> str:
    """Change (or set) one's own password. Every session ends; returns the secret of a new one for this
    browser. A message tells the member. Raises :class:`Invalid` per field."""
    check_own(actor, current, origin)
    member = db.session.get_one(Member, actor.member_id)
    if faults := faults_of(new, (member.display_name, member.email or ""), "new_password"):
        raise Invalid(fields=faults)
    hashed = hashing.hash_password(new)
    with unit_of_work():
        _store(member.id, hashed)
        return sessions.begin(member.id, origin)


def reset_password(secret: str, new: str, origin: Origin) -> str:
    """Set a new password by a mailed link and sign in; returns the browser's secret.

    The link works once, every older link and every session dies. Raises :class:`Gone` for a dead link and
    :class:`Invalid` for a password that cannot be taken; the link then still works.
    """
    throttling.count_token(origin.address)
    token = tokens.look_up(Purpose.RESET, secret)
    member = db.session.get_one(Member, token.member_id)
    if faults := faults_of(new, (member.display_name, member.email or ""), "new_password"):
        raise Invalid(fields=faults)
    hashed = hashing.hash_password(new)
    with unit_of_work():
        member_id = tokens.owner_of(tokens.spend(Purpose.RESET, secret))
        _store(member_id, hashed)
        prove_mailbox(member_id)
        return admitting.admit(member_id, origin)


def set_password(member_id: int, new: str) -> None:
    """Set a password without asking for the old one (command line). Ends every session."""
    member = db.session.get_one(Member, member_id)
    if faults := faults_of(new, (member.display_name, member.email or "")):
        raise Invalid(fields=faults)
    hashed = hashing.hash_password(new)
    with unit_of_work():
        _store(member_id, hashed)


def store_fresh_hash(member_id: int, old: str, new: str) -> None:
    """Replace a hash of former parameters by one of today's, unless the password changed meanwhile."""
    with unit_of_work():
        update_where(
            Credential, Credential.member_id == member_id, Credential.password_hash == old, password_hash=new
        )


def prove_mailbox(member_id: int) -> None:
    """Whoever used a mailed link reads that mailbox."""
    proven = update_where(
        Member, Member.id == member_id, Member.email_verified_at.is_(None), email_verified_at=now()
    )
    if proven:
        record(EmailConfirmed(member_id))


def _store(member_id: int, hashed: str) -> None:
    moment = now()
    if insert_once(Credential, member_id=member_id, password_hash=hashed, changed_at=moment) is None:
        update_where(Credential, Credential.member_id == member_id, password_hash=hashed, changed_at=moment)
    tokens.end_all(member_id)
    sessions.end_all(member_id)
    record(PasswordChanged(member_id))
    mail.queue("password-changed", member_id=member_id)
