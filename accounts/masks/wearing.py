"""Put on a mask, and lift it. Needs an open unit of work."""

from __future__ import annotations

import secrets

from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.members.queries import MASKED
from common import clock
from common.db import db, update_where
from common.permissions import Actor


def put_on(actor: Actor) -> Actor:
    """The actor under a new mask. Each question has its own, so that no two lead to the same person."""
    person_id, now = own_id(actor), clock.now()
    nobody = Member(
        display_name=str(MASKED.name), name_key=f"mask:{secrets.token_hex(16)}", slug="member", language=actor.language,
        joined_at=now, closed_at=now, is_mask=True,
    )  # fmt: skip
    db.session.add(nobody)
    db.session.flush()
    db.session.add(Mask(member_id=nobody.id, person_id=person_id, made_at=now))
    update_where(Member, Member.id == person_id, has_masks=True)
    return actor.under(nobody.id)


def lift(person_id: int, mask_id: int) -> bool:
    """The mask is worn no more. True when that is new."""
    worn = (Mask.member_id == mask_id, Mask.person_id == person_id, Mask.lifted_at.is_(None))
    return bool(update_where(Mask, *worn, lifted_at=clock.now()))


def leave_masks(person_id: int) -> None:
    """Nobody is behind these masks any more: the account was closed."""
    update_where(Mask, Mask.person_id == person_id, person_id=None)
