"""Who knows what, and which questions wait for an answer: read for hundreds of members at once.

Every statement is bounded: the newest of what waits, the solutions of these members.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from common import clock
from common.db import db
from forum.positions.models import ReadPosition
from forum.questions.models import Post, Question, QuestionTag
from forum.questions.rules import HelpState, PostState
from forum.suggesting.rules import Knowledge, Open

FRESH_DAYS = 14
"""Younger questions are "unanswered"; older ones "still waiting"."""
MOST_OPEN = 1_000
"""The newest open questions that are looked at in either section."""

_post, _question = Post.__table__, Question.__table__


def knowledge_of(member_ids: Collection[int]) -> dict[int, Knowledge]:
    """What these members' accepted answers say they know; two statements. Nobody without a solution is in it."""
    solutions = _post.join(_question, _question.c.accepted_answer_id == _post.c.id)
    mine = (_post.c.author_id.in_(list(member_ids)), _post.c.state == PostState.PUBLISHED)
    by_category = (
        select(_post.c.author_id, _question.c.category_id, func.count()).select_from(solutions).where(*mine)
    ).group_by(_post.c.author_id, _question.c.category_id)
    tagged = solutions.join(QuestionTag.__table__, QuestionTag.__table__.c.question_id == _question.c.id)
    tag_id = QuestionTag.__table__.c.tag_id
    by_topic = (
        select(_post.c.author_id, tag_id, func.count())
        .select_from(tagged)
        .where(*mine)
        .group_by(_post.c.author_id, tag_id)
    )
    categories: dict[int, dict[int, int]] = {}
    topics: dict[int, dict[int, int]] = {}
    for query, counts in ((by_category, categories), (by_topic, topics)):
        for member_id, number, count in db.session.execute(query):
            counts.setdefault(member_id, {})[number] = count
    return {one: Knowledge(counts, topics.get(one, {})) for one, counts in categories.items()}


def fresh_questions() -> list[Open]:
    """The newest unanswered questions of two weeks."""
    return _open(_question.c.active_at >= clock.now() - timedelta(days=FRESH_DAYS))


def old_questions() -> list[Open]:
    """Questions that have waited longer, those that moved last first."""
    return _open(_question.c.active_at < clock.now() - timedelta(days=FRESH_DAYS))


def unanswered(*criteria: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """What everybody may see and nobody has answered; a closed question takes no answers."""
    return (
        _question.c.help_state == HelpState.OPEN,
        _question.c.answer_count == 0,
        _question.c.closed_at.is_(None),
        _post.c.state == PostState.PUBLISHED,
        *criteria,
    )


def _open(when: ColumnElement[bool]) -> list[Open]:
    query = (
        select(
            _question.c.id, _post.c.author_id, _question.c.category_id, _post.c.language, _question.c.me_too_count,
            _post.c.published_at,
        )
        .select_from(_question.join(_post, _post.c.id == _question.c.id))
        .where(*unanswered(when))
        .order_by(_question.c.active_at.desc(), _question.c.id.desc())
        .limit(MOST_OPEN)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    tags: dict[int, list[int]] = {}
    wanted = select(QuestionTag.question_id, QuestionTag.tag_id).where(
        QuestionTag.question_id.in_([row.id for row in rows])
    )
    for question_id, tag_id in db.session.execute(wanted):
        tags.setdefault(question_id, []).append(tag_id)
    return [Open(*row, tuple(tags.get(row.id, ()))) for row in rows]


def read_by(member_ids: Collection[int], question_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which of these questions each of these members has opened."""
    query = select(ReadPosition.member_id, ReadPosition.question_id).where(
        ReadPosition.member_id.in_(list(member_ids)), ReadPosition.question_id.in_(list(question_ids))
    )
    found: dict[int, set[int]] = {}
    for member_id, question_id in db.session.execute(query):
        found.setdefault(member_id, set()).add(question_id)
    return found
