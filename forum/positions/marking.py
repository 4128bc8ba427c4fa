"""Note how far a member has read. Sent by the page after it was read, never by loading it."""

from datetime import datetime, timedelta

from sqlalchemy import select, tuple_

from accounts.retention.sweeping import sweep
from common import clock, settings
from common.db import insert_once, update_where
from common.i18n import _
from common.jobs import periodic
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.masks.wearing import under_mask
from forum.positions.models import ReadPosition
from forum.questions.permissions import member_of
from forum.questions.writing import published_question

AT_ONCE = 5_000
"""Old positions forgotten in one go; the next run takes the next."""

settings.define(
    "forum.positions_kept_days", 180, unit="days", low=7, high=3_650,
    help=_("How long the community remembers how far a member has read a question."),
)  # fmt: skip


def mark_read(actor: Actor, question_id: int, until: datetime | None = None) -> bool:
    """The actor has read the question up to a moment (default: all of it). True when that is news.

    A position only goes forward, and never beyond the present. Raises Forbidden, NotFound.
    """
    actor = under_mask(actor, question_id)
    member_id, now = member_of(actor), clock.now()
    seen_at = min(until or now, now)
    with unit_of_work():
        published_question(actor, question_id)
        if begin(member_id, question_id, seen_at):
            return True
        mine = (ReadPosition.member_id == member_id, ReadPosition.question_id == question_id)
        return bool(
            update_where(ReadPosition, *mine, ReadPosition.seen_at < seen_at, seen_at=seen_at, read_at=now)
        )


def begin(member_id: int, question_id: int, seen_at: datetime) -> bool:
    """The first position of a member in a question; inside an open unit of work."""
    values = {"seen_at": seen_at, "read_at": clock.now()}
    return insert_once(ReadPosition, member_id=member_id, question_id=question_id, **values) is not None


@periodic("forum.forget_positions", every=timedelta(hours=12))
def forget_old() -> None:
    """Positions that nobody moved for a long time go: what is new there is new to nobody."""
    before = clock.now() - timedelta(days=settings.get("forum.positions_kept_days"))
    with unit_of_work():
        key = (ReadPosition.member_id, ReadPosition.question_id)
        old = select(*key).where(ReadPosition.read_at < before).order_by(ReadPosition.read_at).limit(AT_ONCE)
        sweep("positions", ReadPosition, tuple_(*key).in_(old))
