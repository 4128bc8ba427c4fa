"""An account its member closed, taken back by signing in before it is erased."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from common import audit, mail
from common.clock import now
from common.db import db, update_where
from common.freshness import LISTS, SITE, touch
from common.permissions import Actor


def take_back(member_id: int) -> bool:
    """Open the account again, inside the unit of work that begins the session; whether it is open now. False where its time
    is over. Of two devices that come back at once one opens it, and both are in.

    Erasing asks for the other side of the same moment, so that one of the two happens and never both.
    """
    waits = (Member.id == member_id, Member.closed_at.is_not(None), Member.erase_at > now())
    if not update_where(Member, *waits, closed_at=None, erase_at=None):
        still = select(Member.id).where(Member.id == member_id, Member.closed_at.is_(None))
        return db.session.scalar(still) is not None
    member = db.session.get_one(Member, member_id, populate_existing=True)
    audit.write(Actor(member_id, str(member.role)), "account.reopened", "member", member_id)
    touch(SITE, LISTS, f"member:{member_id}")
    mail.queue("account-reopened", member_id=member_id)
    return True
