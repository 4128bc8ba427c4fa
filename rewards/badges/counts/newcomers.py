"""Counts behind the badges for those who receive newcomers: who answered somebody's first question first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from accounts.masks.models import Mask
from accounts.members.models import Member
from forum.questions.models import Kudos, Post
from forum.questions.rules import PostKind, PostState
from forum.solutions.models import Thanks
from rewards.badges.counts.answers import answer, answers, asked, plain, thread
from rewards.badges.counts.sources import Counts, Who

GROWN_UP = 2
"""The rank a newcomer reached, for the mentor's badge."""


def _receptions(who: Who) -> Any:
    """First answers, by somebody else, to the first question a member ever asked (under a mask: nobody knows)."""
    earlier_question = Post.__table__.alias("earlier_question")
    is_newcomer = ~(
        select(earlier_question.c.id)
        .where(
            earlier_question.c.author_id == asked.c.author_id, earlier_question.c.kind == PostKind.QUESTION,
            earlier_question.c.published_at < asked.c.published_at,
        )
        .exists()
    )  # fmt: skip
    earlier_answer = Post.__table__.alias("earlier_answer")
    is_first = ~(
        select(earlier_answer.c.id)
        .where(
            earlier_answer.c.question_id == thread.c.id, earlier_answer.c.kind == PostKind.ANSWER,
            earlier_answer.c.state == PostState.PUBLISHED,
            earlier_answer.c.author_id.is_distinct_from(asked.c.author_id),
            earlier_answer.c.published_at < answer.c.published_at,
        )
        .exists()
    )  # fmt: skip
    query = answers(answer.c.author_id, func.count(thread.c.id.distinct()), who=who)
    query = query.where(asked.c.author_id.not_in(select(Mask.member_id)), is_newcomer, is_first)
    return query.group_by(answer.c.author_id)


def first_responses(who: Who) -> Counts:
    """How many newcomers a member answered first."""
    return plain(_receptions(who))


def thanked(who: Who) -> Counts:
    """How many of them said thank you: by a thumbs-up, a word of thanks, or by marking the solution."""
    given = (Kudos.post_id == answer.c.id, Kudos.member_id == asked.c.author_id, Kudos.withdrawn_at.is_(None))
    kindly = or_(
        thread.c.accepted_answer_id == answer.c.id,
        select(Kudos.id).where(*given).exists(),
        select(Thanks.comment_id).where(Thanks.answer_id == answer.c.id).exists(),
    )
    return plain(_receptions(who).where(kindly))


def grown_up(who: Who) -> Counts:
    """How many of them became contributors."""
    contributors = select(Member.id).where(Member.rank >= GROWN_UP, Member.closed_at.is_(None))
    return plain(_receptions(who).where(asked.c.author_id.in_(contributors)))
