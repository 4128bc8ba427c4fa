"""Put somebody on duty, take them off; twice the same changes nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.members.rules import Role
from common import audit, clock
from common.config import current_config
from common.db import affected, db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.duty.models import DutyFeed, DutyShift
from moderation.duty.numbers import today
from moderation.duty.permissions import can_plan_for, can_see_plan
from moderation.duty.queries import may_be_on_duty
from moderation.duty.rules import CELLS_MOST, Shift, is_near

Cell = tuple[int, Shift]
"""A category and a half-day."""


def put_on_duty(actor: Actor, member_id: int, cells: Collection[Cell]) -> int:
    """Somebody looks after these categories in these half-days; returns how many are new.

    Raises Forbidden, Invalid (nothing chosen, a day too far, somebody who may not decide there).
    """
    require(can_plan_for(actor, member_id))
    _check(cells)
    with unit_of_work():
        for category_id in {category_id for category_id, _shift in cells}:
            if not may_be_on_duty(member_id, category_id):
                raise Invalid(fields={"member": _("This person does not moderate every category you chose.")})
        made = {"member_id": member_id, "planned_by_id": actor.member_id, "planned_at": clock.now()}
        new = [
            (category_id, shift)
            for category_id, shift in sorted(cells)
            if insert_once(DutyShift, category_id=category_id, day=shift.day, half=shift.half, **made)
            is not None
        ]
        if new:
            audit.write(actor, "duty.planned", "member", member_id, None, _written(new))
    return len(new)


def take_off_duty(actor: Actor, member_id: int, cells: Collection[Cell]) -> int:
    """Somebody is not there after all; returns how many half-days are free now. Raises Forbidden, Invalid."""
    require(can_plan_for(actor, member_id))
    _check(cells)
    gone = []
    with unit_of_work():
        for category_id, shift in sorted(cells):
            this = (
                DutyShift.category_id == category_id,
                DutyShift.day == shift.day,
                DutyShift.half == shift.half,
            )
            if affected(db.session.execute(delete(DutyShift).where(*this, DutyShift.member_id == member_id))):
                gone.append((category_id, shift))
        if gone:
            audit.write(actor, "duty.freed", "member", member_id, _written(gone), None)
    return len(gone)


def repeat_week(actor: Actor, member_id: int, cells: Collection[Cell]) -> int:
    """The same half-days a week later."""
    return put_on_duty(
        actor, member_id, [(one, Shift(s.day + timedelta(days=7), s.half)) for one, s in cells]
    )


# --- the secret calendar ----------------------------------------------------------------------------------------------


def feed_token(actor: Actor) -> str:
    """The secret part of the address of one's own calendar; made from the site's secret, kept nowhere."""
    require(can_see_plan(actor))
    assert actor.member_id is not None
    return _token(actor.member_id, _edition(actor.member_id))


def new_feed(actor: Actor) -> None:
    """Another address from now on; whoever knows the former one reads nothing more."""
    require(can_see_plan(actor))
    with unit_of_work():
        mine = DutyFeed.member_id == actor.member_id
        if insert_once(DutyFeed, member_id=actor.member_id, edition=2) is None:
            update_where(DutyFeed, mine, edition=DutyFeed.edition + 1)
        audit.write(actor, "duty.feed_changed", "member", actor.member_id)


def holder_of(token: str) -> int:
    """Whose calendar an address is, while they work here. Raises NotFound."""
    number = token.partition("-")[0]
    if not (token.isascii() and number.isdigit()) or len(number) > 9:
        raise NotFound()
    member_id = int(number)
    works_here = select(Member.id).where(
        Member.id == member_id, Member.role != Role.MEMBER, Member.closed_at.is_(None)
    )
    if not hmac.compare_digest(_token(member_id, _edition(member_id)), token) or not db.session.scalar(
        works_here
    ):
        raise NotFound()
    return member_id


def _edition(member_id: int) -> int:
    return db.session.scalar(select(DutyFeed.edition).where(DutyFeed.member_id == member_id)) or 1


def _token(member_id: int, edition: int) -> str:
    key = current_config().secret_key.encode()
    digest = hmac.new(key, f"duty:{member_id}:{edition}".encode(), hashlib.sha256).hexdigest()
    return f"{member_id}-{digest[:40]}"


def _check(cells: Collection[Cell]) -> None:
    if not cells:
        raise Invalid(fields={"cell": _("Tick at least one half-day.")})
    if len(cells) > CELLS_MOST:
        raise Invalid(fields={"cell": _("These are too many at once.")})
    if not all(is_near(shift.day, today()) for _category, shift in cells):
        raise Invalid(fields={"cell": _("This is too far from today.")})


def _written(cells: Collection[Cell]) -> list[str]:
    return [f"{category_id}:{shift.day}:{shift.half.value}" for category_id, shift in cells]
