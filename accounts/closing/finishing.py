"""Accounts that were closed under a legal hold: erased when it ends."""

from __future__ import annotations

from accounts.closing.closing import erase_person, erased_key
from accounts.members.models import Member
from accounts.retention.models import HoldKind
from accounts.retention.queries import is_held
from common.db import db
from common.unit_of_work import unit_of_work


def finish_closing(member_id: int) -> bool:
    """Erase somebody whose account was closed while it was held. True when that was so."""
    with unit_of_work():
        member = db.session.get(Member, member_id, with_for_update=True)
        waits = member is not None and member.closed_at is not None and not member.is_mask
        if (
            member is None
            or not waits
            or member.name_key == erased_key(member_id)
            or is_held(HoldKind.MEMBER, member_id)
        ):
            return False
        erase_person(member_id)
        return True
