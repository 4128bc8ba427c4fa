"""Accounts that were closed and not erased yet: when the time to take them back is over, or a legal hold ends."""

from __future__ import annotations

import logging

from sqlalchemy import exists, select

from accounts.closing.closing import erase_person, erased_key
from accounts.members.models import Member
from accounts.retention.models import HoldKind, LegalHold
from accounts.retention.queries import is_held
from common import audit, clock
from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work

log = logging.getLogger("fourmi.closing")
AT_ONCE = 100


def erase_due() -> int:
    """Erase who did not come back in time, each in a unit of work of its own; returns how many."""
    now = clock.now()
    held = exists().where(
        LegalHold.kind == HoldKind.MEMBER, LegalHold.target_id == Member.id, LegalHold.open_key.is_not(None),
        LegalHold.until_at > now,
    )  # fmt: skip
    due = select(Member.id).where(Member.erase_at <= now, ~held).order_by(Member.erase_at).limit(AT_ONCE)
    ids = list(db.session.scalars(due))
    db.session.rollback()
    erased = 0
    for member_id in ids:
        try:
            erased += finish_closing(member_id)
        except Exception:
            log.exception("member %s could not be erased", member_id)
    return erased


def finish_closing(member_id: int) -> bool:
    """Erase somebody whose account is closed, once, unless it is held or may still be taken back. True when that was so."""
    with unit_of_work():
        member = db.session.get(Member, member_id, with_for_update=True)
        if (
            member is None
            or member.closed_at is None
            or member.is_mask
            or member.name_key == erased_key(member_id)
            or (member.erase_at is not None and member.erase_at > clock.now())
            or is_held(HoldKind.MEMBER, member_id)
        ):
            return False
        erase_person(member_id)
        audit.write(SYSTEM, "account.erased", "member", member_id)
        return True
