"""Members offered behind an @."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import name_key
from common import clock
from common.db import db
from forum.browsing.queries import remember
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState

OFFERED = 6
TAKING_PART = 60
KNOWING = 20
KNOWING_DAYS = 180
"""Who had solutions in the category in this time counts as knowing it."""
_FRESH = 30.0
_post, _question = Post.__table__, Question.__table__


def people_for(question: Question, begun: str, without: int | None = None) -> list[MemberCard]:
    """Up to six members whose name, or a word of it, begins so: participants first, then experts of the category."""
    known = remember(
        ("people", question.id), lambda: (*taking_part(question.id), *knowing(question.category_id)), _FRESH
    )
    unique = dict.fromkeys(one for one in known if one != without)
    found = cards(unique)
    return list(_fitting((found[one] for one in unique), begun))[:OFFERED]


def taking_part(question_id: int) -> tuple[int, ...]:
    """Who wrote something published in the thread, the last first."""
    query = (
        select(_post.c.author_id)
        .where((_post.c.question_id == question_id) | (_post.c.id == question_id))
        .where(_post.c.state == PostState.PUBLISHED, _post.c.author_id.is_not(None))
        .group_by(_post.c.author_id)
        .order_by(func.max(_post.c.published_at).desc(), _post.c.author_id)
        .limit(TAKING_PART)
    )
    return tuple(db.session.scalars(query))


def knowing(category_id: int) -> tuple[int, ...]:
    """Who had the most accepted solutions in a category lately; a private profile is in no list."""
    return tuple(remember(("knowing", category_id), lambda: _knowing(category_id), 300.0))


def _knowing(category_id: int) -> tuple[int, ...]:
    since = clock.now() - timedelta(days=KNOWING_DAYS)
    query = (
        select(_post.c.author_id)
        .select_from(_question.join(_post, _post.c.id == _question.c.accepted_answer_id))
        .where(_question.c.category_id == category_id, _question.c.accepted_at >= since)
        .where(_post.c.kind == PostKind.ANSWER, _post.c.state == PostState.PUBLISHED)
        .where(_post.c.author_id.in_(select(Member.id).where(Member.is_private.is_(False))))
        .group_by(_post.c.author_id)
        .order_by(func.count().desc(), _post.c.author_id)
        .limit(KNOWING)
    )
    return tuple(db.session.scalars(query))


def _fitting(people: Iterable[MemberCard], begun: str) -> Iterable[MemberCard]:
    wanted = name_key(begun) if begun.strip() else ""
    for one in people:
        words = (one.name, *str(one.name).split(), one.slug)
        if not one.is_former and (
            not wanted or any(name_key(str(word)).startswith(wanted) for word in words)
        ):
            yield one
