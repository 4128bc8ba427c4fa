"""Trusted flaggers (article 22): a list that managers keep; what they send comes first once their mailbox is proven."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import email_key, is_email, tidy_email
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.legal_notices.models import LegalNotice, TrustedFlagger
from moderation.legal_notices.permissions import can_trust
from moderation.legal_notices.rules import NAME

MOST = 500


def trust(actor: Actor, name: str, email: str) -> int:
    """Put a body on the list; returns its id."""
    require(can_trust(actor))
    words, address = " ".join(text.normalise(name).split()), tidy_email(text.normalise(email))
    faults = {}
    if not NAME[0] <= len(words) <= NAME[1]:
        faults["name"] = _("A name of %(low)s to %(high)s characters.", low=NAME[0], high=NAME[1])
    if not is_email(address):
        faults["email"] = _("An address to which we can write, like name@example.com.")
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        if len(listed()) >= MOST:
            raise Invalid(_("The list holds %(count)s at most: remove some first.", count=MOST))
        made = insert_once(
            TrustedFlagger, name=words, email=address, active_key=email_key(address), added_at=clock.now(),
            added_by_id=actor.member_id,
        )  # fmt: skip
        if made is None:
            raise Conflict(_("This address is on the list already."))
        audit.write(actor, "flagger.trusted", "trusted_flagger", made, None, words)
    return made


def distrust(actor: Actor, flagger_id: int) -> None:
    """Take a body off the list. Harmless when it is gone."""
    require(can_trust(actor))
    with unit_of_work():
        gone = update_where(
            TrustedFlagger, TrustedFlagger.id == flagger_id, TrustedFlagger.active_key.is_not(None), active_key=None,
            removed_at=clock.now(), removed_by_id=actor.member_id,
        )  # fmt: skip
        if gone:
            audit.write(actor, "flagger.distrusted", "trusted_flagger", flagger_id)


def listed() -> list[TrustedFlagger]:
    """Who is on the list."""
    query = select(TrustedFlagger).where(TrustedFlagger.active_key.is_not(None)).order_by(TrustedFlagger.name)
    return list(db.session.scalars(query.limit(MOST)))


def whose(notice: LegalNotice) -> int | None:
    """The trusted flagger who sent a notice, if the mailbox is proven: by a click in a mail, or by the account."""
    if not notice.email:
        return None
    key = email_key(notice.email)
    if notice.confirmed_at is None:
        owned = select(Member.id).where(
            Member.id == notice.member_id, Member.email_key == key, Member.email_verified_at.is_not(None)
        )
        if notice.member_id is None or db.session.scalar(owned) is None:
            return None
    return db.session.scalar(select(TrustedFlagger.id).where(TrustedFlagger.active_key == key))
