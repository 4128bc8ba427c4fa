"""Where somebody may do what, as criteria of the very statement that reads: nothing is fetched and left out afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from common import clock, settings
from common.db import db
from common.permissions import Actor
from forum.questions.models import Post, Question
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.delegation.rules import MENTOR_CLASS, MENTORED, Right
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType
from rewards.ranks.mandates import delegated_categories


def is_mentor(actor: Actor) -> bool:
    """Whether the actor may hold a mandate for a category at all; the statement says for which. Measures and a rank that
    fell take it away at once."""
    least = settings.get("moderation.delegated_rank")
    return (
        actor.signed_in
        and not actor.works_here
        and actor.rank >= least
        and not actor.suspended
        and not actor.silenced
    )


def granted(actor: Actor, right: Right) -> Select[int]:
    """The categories in which a limited moderator has a right, of their own or by their team."""
    seat = (
        select(AgencySeat.agency_id)
        .join(Agency, Agency.id == AgencySeat.agency_id)
        .where(
            AgencySeat.member_id == actor.member_id, AgencySeat.ended_at.is_(None),
            Agency.ends_at.is_(None) | (Agency.ends_at > clock.now()),
        )
    )  # fmt: skip
    mine = or_(Grant.member_id == actor.member_id, Grant.agency_id.in_(seat))
    return select(Grant.category_id).where(Grant.right == right, mine)


def has(actor: Actor, right: Right, category_id: int | None = None) -> bool:
    """Whether the actor has a right anywhere, or in one category. Reads nothing for who moderates everywhere."""
    if actor.can_moderate:
        return True
    if not actor.is_limited or actor.suspended:
        return False
    there = granted(actor, right)
    if category_id is not None:
        there = there.where(Grant.category_id == category_id)
    return db.session.scalar(there.limit(1)) is not None


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """The criterion on ReviewItem: of a category and a kind that this person may decide about."""
    if actor.can_moderate:
        return true()
    if not actor.is_limited or actor.suspended:
        return in_mandate(actor)
    is_appeal, of_thread = ReviewItem.kind == ItemType.APPEAL, ReviewItem.question_id.is_not(None)
    return or_(
        and_(~is_appeal, of_thread, _thread_in(granted(actor, Right.DECIDE))),
        and_(~is_appeal, ~of_thread, ReviewItem.category_id.in_(granted(actor, Right.REVIEWS))),
        and_(is_appeal, of_thread, _thread_in(granted(actor, Right.APPEALS))),
    )


def in_mandate(actor: Actor) -> ColumnElement[bool]:
    """The criterion on ReviewItem: what a mentor decides about in the category of the mandate."""
    if not is_mentor(actor):
        return false()
    return and_(
        ReviewItem.kind.in_(sorted(MENTORED)), ReviewItem.klass >= MENTOR_CLASS, ReviewItem.needs_senior.is_(False),
        ReviewItem.question_id.is_not(None), _thread_in(delegated_categories(actor.member_id)),
    )  # fmt: skip


def _thread_in(categories: Select[Any]) -> ColumnElement[bool]:
    """Where the thread stands now, wherever it stood when something was queued about it."""
    here = aliased(Question.__table__)
    return exists().where(here.c.id == ReviewItem.question_id, here.c.category_id.in_(categories))


def writers_in(actor: Actor) -> Select[Any] | None:
    """Who wrote in the categories whose members' files the actor may read; None for everybody."""
    if actor.can_moderate:
        return None
    thread, post = Question.__table__, Post.__table__
    return (
        select(post.c.author_id)
        .join(thread, thread.c.id == func.coalesce(post.c.question_id, post.c.id))
        .where(thread.c.category_id.in_(granted(actor, Right.FILES)))
    )


def posts_in(actor: Actor) -> Select[Any] | None:
    """The posts of those categories; None for all."""
    if actor.can_moderate:
        return None
    thread, post = Question.__table__, Post.__table__
    return (
        select(post.c.id)
        .join(thread, thread.c.id == func.coalesce(post.c.question_id, post.c.id))
        .where(thread.c.category_id.in_(granted(actor, Right.FILES)))
    )
