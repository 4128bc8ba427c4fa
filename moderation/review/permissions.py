"""Who may review what. A refusal is the sentence the moderator reads."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import aliased

from common.db import db
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.review.models import ReviewItem


def can_review(actor: Actor) -> Verdict:
    """Read the queue and decide."""
    if not actor.can_moderate:
        return refuse(_("The review queue is for moderators."))
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED


def can_rule(actor: Actor) -> Verdict:
    """Change watched words, policies and settings."""
    return ALLOWED if actor.is_manager else refuse(_("Rules are changed by managers."))


def can_read_audit(actor: Actor) -> Verdict:
    """Read who did what at the desk."""
    return ALLOWED if actor.is_manager else refuse(_("The log is read by managers."))


def free_of_conflict(actor: Actor) -> ColumnElement[bool]:
    """The criterion on ReviewItem: not one's own text, not a thread one takes part in privately, not an appeal
    against one's own decision (domain/moderation.md §B2.3)."""
    if actor.member_id is None:
        return true()
    mine, me = aliased(Post), actor.member_id
    takes_part = exists(
        select(mine.id).where(
            mine.author_id == me,
            mine.is_official.is_(False),
            mine.state.in_((PostState.PUBLISHED, PostState.HELD)),
            or_(mine.question_id == ReviewItem.question_id, mine.id == ReviewItem.question_id),
        )
    )
    return and_(
        or_(ReviewItem.author_id.is_(None), ReviewItem.author_id != me),
        or_(ReviewItem.excluded_id.is_(None), ReviewItem.excluded_id != me),
        ~takes_part,
    )


def can_decide(actor: Actor, item: ReviewItem) -> Verdict:
    """Decide this very item."""
    if not (reviewing := can_review(actor)):
        return reviewing
    free = select(ReviewItem.id).where(ReviewItem.id == item.id, free_of_conflict(actor))
    if db.session.scalar(free) is None:
        return refuse(
            _(
                "Somebody else must decide this: you wrote it, took part in the conversation, or decided before."
            )
        )
    return ALLOWED
