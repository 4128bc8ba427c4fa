"""Coming in: by password, or by a link that was mailed. Going out.

The answer to a wrong password, to an unknown address and to a member without a password is the same in
words, in code and in work done.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.members.rules import LANGUAGES, email_key, is_email, tidy_email
from accounts.members.wording import EMAIL_SHAPE
from accounts.secondfactor import admitting
from accounts.signin import hashing, passwords, throttling, tokens
from accounts.signin.models import Credential, LetterWish, MemberSession
from accounts.signin.rules import Purpose
from accounts.signin.sessions import Origin
from common import mail
from common.clock import now
from common.db import db
from common.errors import Invalid
from common.i18n import _
from common.unit_of_work import unit_of_work

WRONG = _(
    "The e-mail address or the password is not right. If you have just signed up, open the link we sent first."
)


@dataclass(frozen=True, slots=True)
class Entered:
    """The outcome of a sign-in: the browser's secret (of a session, or of an entry that waits for the code of a second
    factor), or None: a link was sent instead."""

    secret: str | None


def sign_in(email: str, password: str, origin: Origin, language: str = "fr", next_path: str = "") -> Entered:
    """Sign in by password.

    Raises :class:`Invalid` for a wrong pair and :class:`TooMany` after too many wrong ones from this
    network address. While many addresses guess at one account, right and wrong passwords are answered
    alike and a right one brings a link by mail, so the member comes in and the guessers learn nothing.
    """
    key = email_key(email)
    throttling.check_guess(key, origin.address)
    with hashing.turn():
        # Looked at again inside the turn, so that parallel guesses cannot all pass before one is counted.
        throttling.check_guess(key, origin.address)
        careful = throttling.is_careful(key, origin.address)
        row = _credential_of(key)
        db.session.rollback()
        stored = row.password_hash if row else None
        right = hashing.verify(stored, password)
        if not right:
            throttling.count_failure(key, origin.address)
    if careful:
        _wish_if_right(right, key, language, next_path)
        return Entered(None)
    if not right or row is None or stored is None:
        raise Invalid(WRONG)
    if hashing.is_stale(stored):
        passwords.store_fresh_hash(row.member_id, stored, hashing.hash_password(password))
    with unit_of_work():
        return Entered(admitting.admit(row.member_id, origin))


def ask_for_link(
    purpose: Purpose, email: str, origin: Origin, language: str = "fr", next_path: str = ""
) -> None:
    """Ask for a sign-in or reset link. Nothing is looked up here: the answer is the same for everybody.

    Raises :class:`Invalid` for what is no address at all, :class:`TooMany` beyond the limits.
    """
    address = tidy_email(email)
    if not is_email(address):
        raise Invalid(fields={"email": EMAIL_SHAPE})
    throttling.count_letter(email_key(address), origin.address)
    _wish(purpose, email_key(address), language, next_path)


def sign_in_by_link(secret: str, origin: Origin) -> str:
    """Use a mailed sign-in link; returns the browser's secret. Raises :class:`Gone` for a dead link."""
    throttling.count_token(origin.address)
    with unit_of_work():
        member_id = tokens.owner_of(tokens.spend(Purpose.SIGN_IN, secret))
        passwords.prove_mailbox(member_id)
        return admitting.admit(member_id, origin)


def sign_out(secret: str) -> None:
    """End the session of a secret. Repeating it changes nothing."""
    with unit_of_work():
        db.session.execute(delete(MemberSession).where(MemberSession.token_hash == tokens.digest(secret)))


def _credential_of(key: str):
    return db.session.execute(
        select(Member.id.label("member_id"), Credential.password_hash)
        .outerjoin(Credential, Credential.member_id == Member.id)
        .where(Member.email_key == key, may_enter())
    ).first()


def _wish_if_right(right: bool, key: str, language: str, next_path: str) -> None:
    """A link for the right password; the same rows for nobody otherwise, so that both take as long."""
    _wish(Purpose.SIGN_IN, key if right else "", language, next_path)


def _wish(purpose: Purpose, key: str, language: str, next_path: str) -> None:
    with unit_of_work():
        wish = LetterWish(
            purpose=purpose,
            email_key=key,
            language=language if language in LANGUAGES else LANGUAGES[0],
            next_path=next_path[:500],
            created_at=now(),
        )
        db.session.add(wish)
        db.session.flush()
        mail.queue("account-link", wish_id=wish.id)
