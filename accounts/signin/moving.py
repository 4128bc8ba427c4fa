"""Moving to another e-mail address: the new mailbox is proven first, the old one is told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.events import EmailChanged
from accounts.members.models import Member
from accounts.members.rules import email_key, is_email, tidy_email
from accounts.members.wording import EMAIL_SHAPE
from accounts.secondfactor import admitting
from accounts.signin import sessions, throttling, tokens
from accounts.signin.models import LetterWish
from accounts.signin.passwords import check_own
from accounts.signin.rules import Purpose
from accounts.signin.sessions import Origin
from common import audit, mail
from common.clock import now
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work

TAKEN = _("This address already has an account. Nothing was changed.")


def ask_to_move(actor: Actor, new_email: str, password: str, origin: Origin) -> None:
    """Ask to change one's address: a link goes to the new one. The answer does not tell whether the new
    address belongs to another member. Raises :class:`Invalid` per field, :class:`TooMany`."""
    address = tidy_email(new_email)
    if not is_email(address):
        raise Invalid(fields={"new_email": EMAIL_SHAPE})
    check_own(actor, password, origin, "email_password")
    member = db.session.get_one(Member, actor.member_id)
    if email_key(address) == member.email_key:
        raise Invalid(fields={"new_email": _("This is already your address.")})
    throttling.count_letter(email_key(address), origin.address)
    with unit_of_work():
        wish = LetterWish(
            purpose=Purpose.CHANGE_EMAIL,
            email_key=email_key(address),
            email=address,
            language=actor.language,
            member_id=actor.member_id,
            created_at=now(),
        )
        db.session.add(wish)
        db.session.flush()
        mail.queue("account-link", wish_id=wish.id)


def move(secret: str, origin: Origin) -> str:
    """Use the link: the address changes, every session and link ends; returns the browser's secret.
    Raises :class:`Gone` for a dead link, :class:`Conflict` when the address was taken meanwhile."""
    throttling.count_token(origin.address)
    with unit_of_work():
        token = tokens.spend(Purpose.CHANGE_EMAIL, secret)
        member = db.session.get_one(Member, token.member_id)
        member_id, former = member.id, member.email
        if db.session.scalar(select(Member.id).where(Member.email_key == token.email_key)) is not None:
            raise Conflict(TAKEN)
        try:
            update_where(
                Member,
                Member.id == member_id,
                email=token.email,
                email_key=token.email_key,
                email_verified_at=now(),
            )
        except IntegrityError:
            raise Conflict(TAKEN) from None
        record(EmailChanged(member_id))
        tokens.end_all(member_id)
        sessions.end_all(member_id)
        audit.write(Actor(member_id=member_id, role="member"), "email.changed", "member", member_id)
        if former:
            wish = LetterWish(
                purpose=Purpose.CHANGE_EMAIL,
                email_key="",
                email=former,
                member_id=member_id,
                created_at=now(),
            )
            db.session.add(wish)
            db.session.flush()
            mail.queue("email-changed", wish_id=wish.id)
        return admitting.admit(member_id, origin)
