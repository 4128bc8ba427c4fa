"""What members say of an answer's help, where it decides something.

Visitors' marks are shown beside an answer and decide nothing: a browser costs nothing, and makes as many as one likes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select

from common.db import db
from forum.questions.models import HelpedMark, Post

_YES_LESS_NO = func.coalesce(func.sum(case((HelpedMark.helped.is_(True), 1), else_=-1)), 0)


def members_who_said(answer: Any, helped: bool) -> ScalarSelect[int]:
    """How many members, its author aside, said of an answer that it helped, or did not; by the key of its marks."""
    return select(func.count()).where(*_by_members(answer), HelpedMark.helped.is_(helped)).scalar_subquery()


def score_of(answer: Any) -> ColumnElement[int]:
    """How useful members found an answer, within a statement: thumbs-up, and "it helped" less "it did not"."""
    said = select(_YES_LESS_NO).where(*_by_members(answer)).scalar_subquery()
    return answer.kudos_count + said


def scores(answer_ids: Collection[int]) -> dict[int, int]:
    """The scores of the answers of one question."""
    query = select(Post.id, score_of(Post).label("score")).where(Post.id.in_(answer_ids))
    return {row.id: row.score for row in db.session.execute(query)}


def _by_members(answer: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        HelpedMark.post_id == answer.id,
        HelpedMark.member_id.is_not(None),
        HelpedMark.member_id.is_distinct_from(answer.author_id),
    )
