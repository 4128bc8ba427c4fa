"""Closing an account, for good: nobody can sign in, nothing names the person, what helped others stays readable."""

from __future__ import annotations

from accounts.closing.jobs import erase_again_later
from accounts.closing.permissions import can_close
from accounts.events import MemberClosed
from accounts.members.models import Member
from common import audit, clock
from common.db import db, update_where
from common.errors import NotFound
from common.freshness import LISTS, SITE, touch
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work

NOBODY = "–"


def close_account(actor: Actor, member_id: int, reason: str = "") -> None:
    """Close an account and erase the person in it. Raises :class:`NotFound` where that was done before.

    The row stays without a name, as the one that texts and lines of the ledger point to; every page calls all closed
    accounts "former member" and links to none. Who waits for an import's next run does not come back with it.
    """
    with unit_of_work():
        member = db.session.get(Member, member_id, with_for_update=True)
        if member is None or member.closed_at is not None:
            raise NotFound
        require(can_close(actor, member))
        update_where(
            Member, Member.id == member_id, closed_at=clock.now(), email=None, email_key=None, email_verified_at=None,
            display_name=NOBODY, name_key=f"closed:{member_id}", slug="member", bio="", city="", last_seen_at=None,
            avatar_image_id=None, session_generation=Member.session_generation + 1,
        )  # fmt: skip
        audit.write(actor, "account.closed", "member", member_id, None, None, reason)
        touch(SITE, LISTS, f"member:{member_id}")  # any page may name them
        record(MemberClosed(member_id))
        erase_again_later(member_id)
