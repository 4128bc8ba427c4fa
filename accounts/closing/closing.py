"""Closing an account, for good: nobody can sign in, nothing names the person, what helped others stays readable."""

from __future__ import annotations

from datetime import datetime

from accounts.closing.again import erase_again_later
from accounts.closing.numbers import grace
from accounts.closing.permissions import can_close
from accounts.closing.scrubbing import remember
from accounts.events import MemberClosed
from accounts.identity.keeping import keep_identity
from accounts.members.models import Member
from accounts.retention.models import HoldKind
from accounts.retention.queries import is_held
from common import audit, clock, mail
from common.db import db, update_where
from common.errors import NotFound
from common.freshness import LISTS, SITE, touch
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work

NOBODY = "–"


def ask_to_close(actor: Actor, member_id: int, reason: str = "") -> None:
    """Close an account as its member asks: to everybody at once, and erased some days later unless they sign in before
    (:mod:`accounts.closing.returning`). A mail says so. Raises :class:`NotFound` where it is closed already."""
    wait = grace()
    if not wait:
        close_account(actor, member_id, reason)
        return
    with unit_of_work():
        erase_at = clock.now() + wait
        _shut(actor, _open_account(actor, member_id), reason, erase_at)
        mail.queue("account-closing", member_id=member_id)


def close_account(actor: Actor, member_id: int, reason: str = "") -> None:
    """Close an account and erase the person in it. Raises :class:`NotFound` where that was done before.

    The row stays without a name, as the one that lines of the ledger point to; every page calls all closed accounts
    "former member" and links to none. Who waits for an import's next run does not come back with it. While a legal hold is
    in force the account is closed to everybody, and erased when the hold ends (:mod:`accounts.closing.finishing`).
    """
    with unit_of_work():
        _shut(actor, _open_account(actor, member_id), reason, None)
        if not is_held(HoldKind.MEMBER, member_id):
            erase_person(member_id)


def _open_account(actor: Actor, member_id: int) -> int:
    member = db.session.get(Member, member_id, with_for_update=True)
    if member is None or member.closed_at is not None:
        raise NotFound
    require(can_close(actor, member))
    return member_id


def _shut(actor: Actor, member_id: int, reason: str, erase_at: datetime | None) -> None:
    generation = Member.session_generation + 1
    mine = Member.id == member_id
    update_where(Member, mine, closed_at=clock.now(), erase_at=erase_at, session_generation=generation)
    until = {"erased": erase_at.isoformat()} if erase_at else None
    audit.write(actor, "account.closed", "member", member_id, None, until, reason)
    touch(SITE, LISTS, f"member:{member_id}")  # any page may name them


def erase_person(member_id: int) -> None:
    """Take the person out of a closed account, inside the open unit of work."""
    keep_identity(member_id)
    remember(member_id)
    update_where(
        Member, Member.id == member_id, email=None, email_key=None, email_verified_at=None,
        display_name=NOBODY, name_key=erased_key(member_id), slug="member", bio="", city="", last_seen_at=None,
        avatar_image_id=None, erase_at=None,
    )  # fmt: skip
    record(MemberClosed(member_id))
    erase_again_later(member_id)


def erased_key(member_id: int) -> str:
    """What stands in the place of the name in the row of somebody who is erased."""
    return f"closed:{member_id}"
