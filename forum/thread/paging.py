"""The answers of a question in pages of twenty: their orders, and the page an answer stands on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select

from common.db import db
from common.lists import LARGEST, mark, read_mark
from forum.questions import queries
from forum.questions.models import Post
from forum.questions.queries import ANSWERS_A_PAGE, QuestionHead
from forum.questions.rules import PostKind, PostState

_post = Post.__table__


class AnswerSort(StrEnum):
    """Orders of the answers; the first is the default."""

    USEFUL = "useful"
    NEW = "new"
    OLD = "old"


_ORDERS: dict[AnswerSort, tuple[Any, ...]] = {
    AnswerSort.USEFUL: (_post.c.kudos_count.desc(), _post.c.id),
    AnswerSort.NEW: (_post.c.id.desc(),),
    AnswerSort.OLD: (_post.c.id,),
}


def page_rows(head: QuestionHead, first: Sequence[int], sort: AnswerSort, after: str) -> list[Any]:
    """One page of the other answers, and one more row when there is a next page."""
    if head.answer_count <= len(first) and not after:
        return []
    criteria: list[Any] = [_post.c.id.not_in(first)] if first else []
    if at := read_mark(after):
        criteria.append(_after(sort, min(at[0], LARGEST), at[1]))
    return queries.answer_rows(head, *criteria, order=_ORDERS[sort], limit=ANSWERS_A_PAGE + 1)


def featured_rows(head: QuestionHead, first: Sequence[int]) -> list[Any]:
    """The solution and the official answer."""
    return queries.answer_rows(head, _post.c.id.in_(first)) if first else []


def mark_of(row: Any, sort: AnswerSort) -> str:
    """Where the next page begins."""
    return mark(row.kudos_count if sort == AnswerSort.USEFUL else 0, row.id)


def page_of(head: QuestionHead, first: Sequence[int], sort: AnswerSort, answer_id: int) -> tuple[int, str]:
    """How many answers stand on the pages before the one with this answer, and the mark it begins at."""
    others = (
        _post.c.question_id == head.id,
        _post.c.kind == PostKind.ANSWER,
        _post.c.state == PostState.PUBLISHED,
        _post.c.id.not_in(first),
    )
    columns = (_post.c.kudos_count, _post.c.id)
    wanted = db.session.execute(select(*columns).where(*others, _post.c.id == answer_id)).first()
    if wanted is None:
        return 0, ""
    at_or_behind = or_(_post.c.id == wanted.id, _after(sort, wanted.kudos_count, wanted.id))
    before = db.session.scalar(select(func.count()).where(*others, ~at_or_behind)) or 0
    start = before // ANSWERS_A_PAGE * ANSWERS_A_PAGE
    if not start:
        return 0, ""
    last = select(*columns).where(*others).order_by(*_ORDERS[sort]).offset(start - 1).limit(1)
    return start, mark_of(db.session.execute(last).one(), sort)


def _after(sort: AnswerSort, useful: int, answer_id: int) -> Any:
    """What stands behind an answer in an order."""
    if sort == AnswerSort.USEFUL:
        count = _post.c.kudos_count
        return or_(count < useful, and_(count == useful, _post.c.id > answer_id))
    return _post.c.id < answer_id if sort == AnswerSort.NEW else _post.c.id > answer_id
