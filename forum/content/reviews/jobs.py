"""Reviews leave when the time that the notice names is over (Code de la consommation, D111-17 2°)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.retention.sweeping import swept
from common import clock, jobs
from common.db import db
from forum.content.reviews import numbers
from forum.content.reviews.models import Review
from forum.content.reviews.writing import retire

_AT_ONCE = 500


@jobs.periodic("reviews.retire", every=timedelta(hours=6))
def retire_old() -> None:
    """Take off what has been published for longer than is said, the oldest first."""
    oldest = Review.__table__.c
    query = select(oldest.id).where(oldest.shown_at < clock.now() - numbers.retention())
    ids = list(db.session.scalars(query.order_by(oldest.shown_at).limit(_AT_ONCE)))
    db.session.rollback()
    for review_id in ids:
        retire(review_id)
    swept("old-reviews", len(ids))
