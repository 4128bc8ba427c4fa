"""What a moderator sees of an audit: the text, its reports and its history as they were before it was decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from common.db import db
from common.permissions import Actor
from forum.questions.models import Post
from moderation.audits.models import Audit
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import ItemType
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import End


@dataclass(frozen=True, slots=True)
class Source:
    """What an audit was taken from. ``later``: how much later it is shown than it was."""

    audit: Audit
    decision: ReviewDecision
    item: ReviewItem
    later: timedelta

    def then(self, events: list[Any]) -> list[Any]:
        """The history as it was read then, on today's clock."""
        return [
            replace(one, at=one.at + self.later)
            for one in events
            if one.at < self.decision.decided_at and one.kind != "queued"
        ]

    def at(self, moment: datetime) -> datetime:
        """A moment of then on today's clock."""
        return moment + self.later


def still_known(source_id: Any) -> ColumnElement[bool]:
    """The criterion on the decision that an audit stands on: it was not taken back, overturned, amended, or ended by another one. What
    nobody can be sure of any more judges nobody."""
    told = aliased(Statement)
    gone = StatementEnd.how.in_((End.UNDONE, End.RESTORED, End.OVERTURNED, End.AMENDED))
    ended = exists().where(told.decision_id == source_id, StatementEnd.statement_id == told.id, gone)
    return and_(~exists().where(DecisionUndo.decision_id == source_id), ~ended)


def source_of(item: ReviewItem) -> Source | None:
    """The source of an audit; None for any other item."""
    if item.kind != ItemType.AUDIT:
        return None
    row = db.session.execute(
        select(Audit, ReviewDecision, ReviewItem)
        .join(ReviewDecision, ReviewDecision.id == Audit.source_id)
        .join(ReviewItem, ReviewItem.id == ReviewDecision.item_id)
        .where(Audit.item_id == item.id)
    ).first()
    return None if row is None else Source(*row, item.created_at - row[2].created_at)


def text_of(item: ReviewItem) -> tuple[ReviewDecision, Any] | None:
    """The decision an audit stands on and its text, while that is there as it was."""
    row = db.session.execute(
        select(ReviewDecision, Post.id, Post.version, Post.body, Post.author_id, Post.kind)
        .join(Audit, Audit.source_id == ReviewDecision.id)
        .join(Post, Post.id == ReviewDecision.post_id)
        .where(Audit.item_id == item.id, Post.version == item.target_version, Post.body != "")
        .where(still_known(Audit.source_id))
    ).first()
    return None if row is None else (row[0], row)


def one_s_own(actor: Actor) -> ColumnElement[bool]:
    """The criterion on ReviewItem: no audit of somebody else."""
    mine = select(Audit.item_id).where(Audit.moderator_id == actor.member_id)
    return or_(ReviewItem.kind != ItemType.AUDIT, ReviewItem.id.in_(mine))
