"""Followers and "me too" go along when a question leads to another one: each member once, and back when it is undone.

A row keeps the thread it was given in (``carried_from_id``), however often it is carried on. Who follows both threads
keeps both rows, so that nobody is doubled and nobody is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from common.db import db, update_where
from forum.questions.models import Follow, MeToo, Post, PostLink, Question
from forum.questions.rules import LinkKind
from forum.solutions.counting import recount_people


def carry(source_id: int, target_id: int) -> int:
    """Bring everybody from one thread to another, inside the open unit of work; returns the "me too" without a name."""
    asker_id = db.session.scalar(select(Post.author_id).where(Post.id == target_id))
    for model, criteria in (
        (Follow, ()),
        (MeToo, (MeToo.withdrawn_at.is_(None), MeToo.member_id.is_distinct_from(asker_id))),
    ):
        here = (model.question_id == source_id, *criteria, ~_is_there(model, target_id))
        origin = func.coalesce(model.carried_from_id, source_id)
        update_where(model, *here, question_id=target_id, carried_from_id=origin)
    nameless = db.session.scalar(
        select(Question.imported_me_too_count).where(Question.__table__.c.id == source_id)
    )
    _move_nameless(source_id, target_id, nameless or 0)
    return nameless or 0


def bring_back(source_id: int, target_id: int, through: Iterable[int], nameless: int) -> None:
    """Undo :func:`carry`; ``through`` are the threads whose people had come to the source before."""
    for origin_id in (source_id, *through):
        for model in (Follow, MeToo):
            rows = (model.question_id == target_id, model.carried_from_id == origin_id)
            kept = None if origin_id == source_id else origin_id
            back = {"question_id": source_id, "carried_from_id": kept}
            update_where(model, *rows, ~_is_there(model, source_id), **back)
    _move_nameless(target_id, source_id, nameless)


def _is_there(model: type[Any], question_id: int) -> Any:
    there = aliased(model)
    return select(there.id).where(
        there.question_id == question_id, there.member_id == model.member_id
    ).exists()  # fmt: skip


def _move_nameless(source_id: int, target_id: int, count: int) -> None:
    imported = Question.imported_me_too_count
    if count:
        update_where(Question, Question.id == source_id, imported_me_too_count=imported - count)
        update_where(Question, Question.id == target_id, imported_me_too_count=imported + count)
    for question_id in sorted((source_id, target_id)):
        recount_people(question_id)


# --- what leads to a question leads on with it ------------------------------------------------------------------


def leading_to(question_id: int, column: Any) -> list[int]:
    """Questions that are linked to (or merged into) this one."""
    return list(
        db.session.scalars(
            select(Question.__table__.c.id).where(column == question_id).order_by(Question.__table__.c.id)
        )
    )


def lead_on(question_ids: Iterable[int], name: str, before_id: int, after_id: int) -> None:
    """Those questions lead to ``after_id`` now, where they led to ``before_id``."""
    ids = list(question_ids)
    if not ids:
        return
    here = (Question.id.in_(ids), getattr(Question, name) == before_id)
    update_where(Question, *here, **{name: after_id})
    if name == "duplicate_of_id":
        links = (
            PostLink.question_id.in_(ids),
            PostLink.linked_id == before_id,
            PostLink.kind == LinkKind.DUPLICATE.value,
        )
        update_where(PostLink, *links, linked_id=after_id)
