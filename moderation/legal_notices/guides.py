"""A guide that somebody holds to be illegal: as it is published, taken down by a decision, back when that was wrong."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from common.db import db
from common.permissions import SYSTEM
from forum.content.guides.models import Guide, GuideVersion
from forum.content.guides.rules import GuideState
from moderation.legal_notices import settling
from moderation.legal_notices.rules import Place, Subject
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import cancel_target
from moderation.review.rules import ItemType
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import End
from moderation.sanctions.statements import end_statement


class Words(NamedTuple):
    """Title and Markdown of a guide in one of its versions."""

    title: str
    body: str


def titles_of(guide_ids: Collection[int]) -> dict[int, str]:
    """What guides are called now."""
    if not guide_ids:
        return {}
    query = select(Guide.id, Guide.title).where(Guide.id.in_(guide_ids))
    return dict(db.session.execute(query).tuples().all())


def note_state(guide_id: int) -> None:
    """A guide was withdrawn or published, inside the open unit of work: withdrawn before anybody decided, nothing waits about
    it any more; published again by those who keep guides, what had taken it down is over."""
    if db.session.scalar(select(Guide.state).where(Guide.id == guide_id)) != GuideState.PUBLISHED:
        settling.gone(Place(Subject.GUIDE, guide_id))
        cancel_target(ItemType.GUIDE, guide_id)
        return
    decided = (
        select(ReviewDecision.id)
        .join(ReviewItem, ReviewItem.id == ReviewDecision.item_id)
        .where(ReviewItem.kind == ItemType.GUIDE, ReviewItem.target_id == guide_id)
    )
    for statement_id in list(
        db.session.scalars(select(Statement.id).where(Statement.decision_id.in_(decided)))
    ):
        end_statement(SYSTEM, statement_id, End.RESTORED)


def decided_about(decision_id: int | None) -> Words | None:
    """The version of a guide that a decision was about; None for a decision about anything else."""
    if decision_id is None:
        return None
    row = db.session.execute(
        select(GuideVersion.title, GuideVersion.body)
        .join(ReviewItem, ReviewItem.target_id == GuideVersion.guide_id)
        .join(ReviewDecision, ReviewDecision.item_id == ReviewItem.id)
        .where(
            ReviewDecision.id == decision_id, ReviewItem.kind == ItemType.GUIDE,
            GuideVersion.version == ReviewDecision.version,
        )
    ).first()  # fmt: skip
    return Words(row.title, row.body) if row else None
