"""A mentoring ends: by either of the two without a reason, or by itself. Nothing of it is kept."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, or_, select

from accounts.members.permissions import own_id
from accounts.notifications.telling import tell
from common import clock
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.mentoring.standing import goes_on, waits

AT_ONCE = 500


def end(actor: Actor, member_id: int) -> bool:
    """End one's own mentoring, or take one's request back. False when there is none (any more), or it is others'."""
    me = own_id(actor)
    with unit_of_work():
        return bool(
            _end(
                Mentoring.member_id == member_id,
                or_(Mentoring.member_id == me, Mentoring.mentor_id == me),
                by=me,
            )
        )


def sweep(member_id: int | None = None) -> int:
    """End what stands no more: its time is over, a mandate, a measure, rank 5, a block. Returns how many pairs."""
    over = ~or_(goes_on(), waits())
    of = () if member_id is None else (Mentoring.member_id == member_id,)
    with unit_of_work():
        stale = MentoringOffer.ends_at <= clock.now()
        db.session.execute(delete(MentoringOffer).where(stale).execution_options(synchronize_session=False))
        due = select(Mentoring.member_id).where(*of, over).order_by(Mentoring.member_id).limit(AT_ONCE)
        return sum(_end(Mentoring.member_id == one, over) for one in list(db.session.scalars(due)))


def leave(member_id: int) -> None:
    """A member goes: the other one is told, whatever they were to each other is erased with the account."""
    _end(or_(Mentoring.member_id == member_id, Mentoring.mentor_id == member_id), by=member_id)


def _end(*which: ColumnElement[bool], by: int | None = None) -> int:
    """Delete these, tell those of a pair who did not do it; returns how many pairs there were."""
    gone = delete(Mentoring).where(*which).returning(Mentoring.member_id, Mentoring.mentor_id)
    pairs = 0
    for row in db.session.execute(gone.execution_options(synchronize_session=False)).all():
        if row.mentor_id is None:
            continue
        pairs += 1
        for one, other in ((row.member_id, row.mentor_id), (row.mentor_id, row.member_id)):
            if one != by:
                tell(one, "mentoring-ended", f"mentoring:{other}:{clock.now().isoformat()}")
    return pairs
