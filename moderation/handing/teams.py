"""Which team an item calls: by its key, as watched words and moderators name it (domain/moderation.md §B2.4, §B5)."""

from __future__ import annotations

from sqlalchemy import or_, select

from common.db import db
from moderation.review.models import ReviewItem
from moderation.routing.models import SupportTeam

ROUTE = "route:"
"""A signal of an item of the review queue that names its team."""


def named(name: str) -> int | None:
    """The team that is called so, by its key or in a language, and takes cases."""
    called = or_(SupportTeam.key == name, SupportTeam.name_fr == name, SupportTeam.name_en == name)
    query = select(SupportTeam.id).where(called, SupportTeam.archived_at.is_(None))
    return db.session.scalar(query.order_by(SupportTeam.id).limit(1))


def of_question(question_id: int) -> int | None:
    """The team that an item about a question, or about what stands under it, was routed to; the newest word counts."""
    rows = select(ReviewItem.signals).where(ReviewItem.question_id == question_id)
    for signals in db.session.scalars(rows.order_by(ReviewItem.id.desc()).limit(10)):
        for signal in reversed(signals):
            if signal.startswith(ROUTE) and (team_id := named(signal.removeprefix(ROUTE))) is not None:
                return team_id
    return None
