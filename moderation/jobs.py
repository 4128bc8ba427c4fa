"""Work of the desk outside the request. The jobs that tell members of decisions stand in ``review.telling``."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, update_where
from common.health import Finding, check
from common.jobs import periodic
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from moderation.review import leasing, queueing
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemState


@periodic("review.tidy", every=timedelta(minutes=1))
def tidy_queue() -> None:
    """Cancel what waits about texts that were taken back; note once what has waited beyond its time."""
    with unit_of_work():
        queueing.cancel_orphans()
        late = select(ReviewItem.id).where(
            ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)),
            ReviewItem.due_at < clock.now(),
            ReviewItem.alarmed_at.is_(None),
        )
        for item_id in list(db.session.scalars(late.limit(200))):
            if update_where(
                ReviewItem, ReviewItem.id == item_id, ReviewItem.alarmed_at.is_(None), alarmed_at=clock.now()
            ):
                audit.write(SYSTEM, "review.late", "review_item", item_id)


@periodic("review.skips", every=timedelta(hours=6))
def forget_skips() -> None:
    """Drop skips that are over."""
    leasing.forget_skips()


@check("review queue")
def queue_is_read() -> Finding:
    """Whether anything waits beyond its time."""
    late = db.session.scalar(
        select(func.count()).where(
            ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)), ReviewItem.due_at < clock.now()
        )
    )
    advice = "Open /desk/review: the most pressing item comes first." if late else ""
    return Finding(
        "review queue", True, f"{late} items wait beyond their time" if late else "nothing is late", advice
    )
