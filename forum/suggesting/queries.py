"""Who knows what, and which questions wait for an answer: read for hundreds of members at once.

Every statement is bounded: the newest of what waits, the solutions of these members.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from accounts.masks.queries import person_of
from common import clock
from common.db import db
from forum.positions.models import ReadPosition
from forum.products.models import Device
from forum.questions.models import Post, Question, QuestionTag
from forum.questions.rules import HelpState, PostState
from forum.suggesting.rules import Knowledge, Open

FRESH_DAYS = 14
"""Younger questions are "unanswered"; older ones "still waiting"."""
MOST_OPEN = 1_000
"""The newest open questions that are looked at in either section."""

_post, _question, _tagged = Post.__table__, Question.__table__, QuestionTag.__table__


def knowledge_of(member_ids: Collection[int]) -> dict[int, Knowledge]:
    """What these members' accepted answers and their devices say they know; four statements. Who knows nothing is
    left out."""
    mine = _post.c.author_id.in_(list(member_ids))
    category, product, topic = _question.c.category_id, _question.c.product_id, _tagged.c.tag_id
    solved = _post.join(_question, _question.c.accepted_answer_id == _post.c.id)
    categories = _counted(category, solved, mine)
    products = _counted(product, solved, mine, product.is_not(None))
    topics = _counted(topic, solved.join(_tagged, _tagged.c.question_id == _question.c.id), mine)
    owned: dict[int, set[int]] = {}
    devices = select(Device.member_id, Device.product_id).where(Device.member_id.in_(list(member_ids)))
    for member_id, product_id in db.session.execute(devices):
        owned.setdefault(member_id, set()).add(product_id)
    return {
        one: Knowledge(
            categories.get(one, {}), topics.get(one, {}), products.get(one, {}), frozenset(owned.get(one, ()))
        )
        for one in categories.keys() | owned.keys()
    }


def _counted(what: Any, of: Any, *criteria: ColumnElement[bool]) -> dict[int, dict[int, int]]:
    """Solutions by author and by something of their question."""
    query = select(_post.c.author_id, what, func.count()).select_from(of)
    query = query.where(*criteria, _post.c.state == PostState.PUBLISHED).group_by(_post.c.author_id, what)
    found: dict[int, dict[int, int]] = {}
    for member_id, number, count in db.session.execute(query):
        found.setdefault(member_id, {})[number] = count
    return found


def fresh_questions() -> list[Open]:
    """The newest unanswered questions of two weeks."""
    return _open(_question.c.active_at >= clock.now() - timedelta(days=FRESH_DAYS))


def old_questions() -> list[Open]:
    """Questions that have waited longer: those that were brought up again lately, and those that moved last."""
    since = clock.now() - timedelta(days=FRESH_DAYS)
    return _open(_question.c.resurfaced_at >= since, _question.c.active_at < since)


def unanswered(*criteria: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """What everybody may see and nobody has answered; a closed or locked question takes no answers."""
    return (
        _question.c.help_state == HelpState.OPEN,
        _question.c.answer_count == 0,
        _question.c.closed_at.is_(None),
        _question.c.locked_at.is_(None),
        _question.c.merged_into_id.is_(None),
        _post.c.state == PostState.PUBLISHED,
        *criteria,
    )


def _open(*pools: ColumnElement[bool]) -> list[Open]:
    """The questions of these pools, each bounded, with their topics."""
    rows = {row.id: row for when in pools for row in db.session.execute(_newest(when))}
    tags: dict[int, list[int]] = {}
    wanted = select(QuestionTag.question_id, QuestionTag.tag_id).where(
        QuestionTag.question_id.in_(list(rows))
    )
    for question_id, tag_id in db.session.execute(wanted):
        tags.setdefault(question_id, []).append(tag_id)
    return [Open(**row._mapping, tag_ids=tuple(tags.get(row.id, ()))) for row in rows.values()]


def _newest(when: ColumnElement[bool]) -> Select[Any]:
    query = select(
        _question.c.id, person_of(_post.c.author_id).label("author_id"), _question.c.category_id, _post.c.language, _question.c.me_too_count,
        _post.c.published_at, _question.c.product_id,
    ).select_from(_question.join(_post, _post.c.id == _question.c.id))  # fmt: skip
    return (
        query.where(*unanswered(when))
        .order_by(_question.c.active_at.desc(), _question.c.id.desc())
        .limit(MOST_OPEN)
    )


def read_by(member_ids: Collection[int], question_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which of these questions each of these members has opened."""
    query = select(ReadPosition.member_id, ReadPosition.question_id).where(
        ReadPosition.member_id.in_(list(member_ids)), ReadPosition.question_id.in_(list(question_ids))
    )
    found: dict[int, set[int]] = {}
    for member_id, question_id in db.session.execute(query):
        found.setdefault(member_id, set()).add(question_id)
    return found
