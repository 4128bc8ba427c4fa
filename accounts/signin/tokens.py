"""Secrets that travel by mail: minted when the mail is written, stored as a hash, good for one use."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.members.rules import email_key
from accounts.signin.models import MailToken
from accounts.signin.rules import LIFETIMES, TOKEN_BYTES, Purpose
from common.clock import now
from common.db import db, update_where
from common.errors import Gone
from common.i18n import _

DEAD = _(
    "This link has already been used, or is too old. Ask for a new one: the last message is the good one."
)


def digest(secret: str) -> str:
    """What is stored of a secret. Secrets have 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """A secret that fits an address: 43 characters, 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def mint(
    purpose: Purpose, email: str, member_id: int | None = None, registration_id: int | None = None
) -> str:
    """Write a new token inside the open unit of work and return its secret; the older ones of the
    same purpose and owner die."""
    if member_id is not None:
        # Two letters written at the same moment stand in line, so that one token stays alive.
        db.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
        end_all(member_id, purpose)
    if registration_id is not None:
        update_where(
            MailToken,
            MailToken.registration_id == registration_id,
            MailToken.ended_at.is_(None),
            ended_at=now(),
        )
    secret = new_secret()
    db.session.add(
        MailToken(
            purpose=purpose,
            token_hash=digest(secret),
            member_id=member_id,
            registration_id=registration_id,
            email=email,
            email_key=email_key(email),
            expires_at=now() + LIFETIMES[purpose],
        )
    )
    db.session.flush()
    return secret


def end_all(member_id: int, *purposes: Purpose) -> None:
    """Every unused token of a member (of these purposes, or of all) dies."""
    wanted = [MailToken.purpose.in_(purposes)] if purposes else []
    update_where(
        MailToken, MailToken.member_id == member_id, MailToken.ended_at.is_(None), *wanted, ended_at=now()
    )


def look_up(purpose: Purpose, secret: str) -> MailToken:
    """The living token behind a secret, to show its page. Raises :class:`Gone`; uses nothing up."""
    token = db.session.scalar(
        select(MailToken)
        .outerjoin(Member, Member.id == MailToken.member_id)
        .where(
            MailToken.token_hash == digest(secret),
            MailToken.purpose == purpose,
            MailToken.ended_at.is_(None),
            MailToken.expires_at > now(),
            _still_theirs(purpose),
        )
    )
    if token is None:
        raise Gone(DEAD)
    return token


def owner_of(token: MailToken) -> int:
    """The member a token belongs to. Raises :class:`Gone` for one that belongs to a registration."""
    if token.member_id is None:
        raise Gone(DEAD)
    return token.member_id


def spend(purpose: Purpose, secret: str) -> MailToken:
    """Use a token up inside the open unit of work. Of fifty callers one gets it, the others :class:`Gone`."""
    token = look_up(purpose, secret)
    won = update_where(
        MailToken,
        MailToken.id == token.id,
        MailToken.ended_at.is_(None),
        MailToken.expires_at > now(),
        ended_at=now(),
    )
    if not won:
        raise Gone(DEAD)
    return token


def _still_theirs(purpose: Purpose):
    """A member's token lives only as long as the account is open and the mailbox is still theirs (a
    change of address is by nature sent to another one)."""
    if purpose in (Purpose.SIGN_IN, Purpose.RESET):
        return (Member.email_key == MailToken.email_key) & may_enter()
    if purpose is Purpose.CHANGE_EMAIL:
        return Member.closed_at.is_(None)
    return MailToken.registration_id.is_not(None)
