"""Opening an account: asked for on a page, proven by a mailed link, only then a member.

The page answers the same whether or not the address already belongs to somebody: the registration is
written either way, and what the mail says is decided when it is sent (:mod:`accounts.signin.letters`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from accounts.events import EmailConfirmed, MemberJoined
from accounts.members import names, wording
from accounts.members.models import Member
from accounts.members.rules import LANGUAGES, email_key, is_email, name_key, slug_of, tidy_email, tidy_name
from accounts.signin import hashing, sessions, throttling, tokens
from accounts.signin.models import Credential, MailToken, Registration
from accounts.signin.passwords import faults_of
from accounts.signin.rules import Purpose
from accounts.signin.sessions import Origin
from common import limits, mail, settings
from common.clock import now
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.unit_of_work import record, unit_of_work

settings.define(
    "accounts.registrations_a_day", 3, unit=_("accounts"), low=1, high=10_000,
    help=_("Accounts that can be opened from one network address in 24 hours."),
)  # fmt: skip

KEPT_OUT = _("An account with this address was closed by the team. It cannot be opened anew for the moment.")


@dataclass(frozen=True, slots=True)
class SignUp:
    """What the sign-up page sends, as typed."""

    email: str
    display_name: str
    password: str
    language: str = "fr"


def sign_up(draft: SignUp, origin: Origin) -> str:
    """Ask for an account; returns the claim the browser keeps until the link in the mail is used.

    Raises :class:`Invalid` per field (a public name that is taken is no secret, an address is) and
    :class:`TooMany` beyond the registrations of this network address.
    """
    address, name = tidy_email(draft.email), tidy_name(draft.display_name)
    faults = {
        **names.faults_of(name),
        **_address_faults(address),
        **faults_of(draft.password, (name, address)),
    }
    if faults:
        raise Invalid(fields=faults)
    limits.hit(
        "sign-up",
        origin.address,
        f"{settings.get('accounts.registrations_a_day')}/day",
        _("Several accounts were opened from here today. Try again tomorrow, or sign in."),
    )
    throttling.count_letter(email_key(address), origin.address)
    hashed, claim = hashing.hash_password(draft.password), tokens.new_secret()
    with unit_of_work():
        registration = Registration(
            email=address,
            email_key=email_key(address),
            display_name=name,
            password_hash=hashed,
            language=draft.language if draft.language in LANGUAGES else LANGUAGES[0],
            claim_hash=tokens.digest(claim),
            created_at=now(),
        )
        db.session.add(registration)
        db.session.flush()
        mail.queue("account-confirm", registration_id=registration.id)
    return claim


def send_again(claim: str, origin: Origin) -> None:
    """The confirmation mail once more, for the browser that signed up. An unknown claim does nothing."""
    row = db.session.execute(
        select(Registration.id, Registration.email_key).where(
            Registration.claim_hash == tokens.digest(claim), Registration.member_id.is_(None)
        )
    ).first()
    throttling.count_letter(row.email_key if row else "", origin.address)
    if row:
        with unit_of_work():
            mail.queue("account-confirm", registration_id=row.id)


def registration_of(token: MailToken) -> Registration:
    """What a confirmation token is about."""
    return db.session.get_one(Registration, token.registration_id)


def is_claimed(registration: Registration, claim: str | None) -> bool:
    """Whether the browser with this claim is the one that signed up."""
    return claim is not None and tokens.digest(claim) == registration.claim_hash


def confirm(
    secret: str,
    origin: Origin,
    claim: str | None = None,
    password: str | None = None,
    display_name: str | None = None,
) -> str:
    """Use the mailed link: the member exists from now on and is signed in; returns the session's secret.

    A browser that did not sign up itself (no ``claim``) must know the password, so that an account asked
    for by a stranger in one's name never opens by a careless click. ``display_name`` replaces a name that
    was taken meanwhile. Raises :class:`Gone` for a dead link, :class:`Conflict` when the address has become
    a member by another way; in both cases nothing was changed. Of fifty callers one succeeds.
    """
    throttling.count_token(origin.address)
    registration = registration_of(tokens.look_up(Purpose.CONFIRM, secret))
    proven = is_claimed(registration, claim)
    key, stored = registration.email_key, registration.password_hash
    if not proven:
        throttling.check_guess(key, origin.address)
        if not hashing.verify(stored, password or ""):
            throttling.count_failure(key, origin.address)
            raise Invalid(fields={"password": _("This is not the password you chose when you signed up.")})
    with unit_of_work():
        token = tokens.spend(Purpose.CONFIRM, secret)
        registration = registration_of(token)
        name = tidy_name(display_name) if display_name else registration.display_name
        if faults := names.faults_of(name):
            raise Invalid(fields=faults)
        member_id = _write(registration.email, name, registration.language, registration.password_hash)
        update_where(Registration, Registration.id == registration.id, member_id=member_id, password_hash="")
        return sessions.begin(member_id, origin)


def open_account(
    email: str, display_name: str, password: str | None = None, language: str = "fr", verified: bool = True
) -> int:
    """An account opened by the operator (command line, demonstration); returns the member's id.

    Raises :class:`Invalid` for a fault in the fields, :class:`Conflict` when address or name are taken.
    """
    address, name = tidy_email(email), tidy_name(display_name)
    faults = {**_address_faults(address), **names.faults_of(name, reserved_allowed=True)}
    if password is not None:
        faults |= faults_of(password, (name, address))
    if faults:
        raise Invalid(fields=faults)
    hashed = hashing.hash_password(password) if password is not None else None
    with unit_of_work():
        return _write(address, name, language, hashed, verified)


def _write(address: str, name: str, language: str, password_hash: str | None, verified: bool = True) -> int:
    """The rows of a new member; the unique keys of the database decide who is first."""
    if is_kept_out(email_key(address)):
        raise Conflict(KEPT_OUT)
    moment = now()
    member_id = insert_once(
        Member,
        email=address,
        email_key=email_key(address),
        email_verified_at=moment if verified else None,
        display_name=name,
        name_key=name_key(name),
        slug=slug_of(name),
        language=language,
        joined_at=moment,
    )
    if member_id is None:
        if _is_taken(Member.email_key == email_key(address)):
            raise Conflict(_("This address already has an account. Sign in, or ask for a new password."))
        raise Invalid(fields={"display_name": wording.NAME_TAKEN})
    if password_hash:
        db.session.add(Credential(member_id=member_id, password_hash=password_hash, changed_at=moment))
    record(MemberJoined(member_id))
    if verified:
        record(EmailConfirmed(member_id))
    return member_id


KeptOut = Callable[[str], bool]
_kept_out: list[KeptOut] = []


def set_kept_out(kept_out: KeptOut) -> None:
    """Let the package above say whose address may not open an account (domain/moderation.md §B4: banned before)."""
    _kept_out[:] = [kept_out]


def is_kept_out(key: str) -> bool:
    """Whether the account of this address was banned and may not come back yet."""
    return any(ask(key) for ask in _kept_out)


def _is_taken(criterion) -> bool:
    return db.session.scalar(select(Member.id).where(criterion)) is not None


def _address_faults(address: str) -> dict:
    return {} if is_email(address) else {"email": wording.EMAIL_SHAPE}
