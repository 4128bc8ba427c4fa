"""Reads of the desk of order: topics and their names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from common.db import db
from common.errors import NotFound
from common.lists import Page, keyset, page_of
from forum.housekeeping.models import TagAlias, TagMerge
from forum.questions.models import Tag
from forum.questions.rules import tag_keys

TOPICS_SHOWN = 50
NAMES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its other names."""

    id: int
    key: str
    label: str
    question_count: int
    names: tuple[str, ...]
    merges: tuple[TagMerge, ...] = ()


def topics(words: str, after: str) -> Page[Topic]:
    """Topics by the number of their questions; those whose name, or another name of theirs, begins with the words."""
    query = select(Tag.id, Tag.key, Tag.label, Tag.question_count)
    query = query.where(~select(TagAlias.key).where(TagAlias.key == Tag.key).exists())
    if begin := next(iter(tag_keys([words])), ""):
        named = select(TagAlias.tag_id).where(TagAlias.key.startswith(begin, autoescape=True))
        query = query.where(Tag.key.startswith(begin, autoescape=True) | Tag.id.in_(named))
    rows = list(
        db.session.execute(keyset(query, Tag.question_count, Tag.id, after, TOPICS_SHOWN, by_time=False))
    )
    page = page_of(rows, TOPICS_SHOWN, lambda row: (row.question_count, row.id))
    names = _names([row.id for row in page.items])
    return Page(
        [_topic(row, names) for row in page.items],
        page.next,
    )


def topic(tag_id: int) -> Topic:
    """One topic. Raises :class:`NotFound`, also for one that was merged away."""
    row = db.session.execute(
        select(Tag.id, Tag.key, Tag.label, Tag.question_count).where(Tag.id == tag_id)
    ).first()
    if row is None or db.session.get(TagAlias, row.key) is not None:
        raise NotFound()
    alive = (TagMerge.target_id == tag_id, TagMerge.undone_at.is_(None))
    merges = db.session.scalars(
        select(TagMerge).where(*alive).order_by(TagMerge.id.desc()).limit(NAMES_SHOWN)
    )
    return replace(_topic(row, _names([tag_id])), merges=tuple(merges))


def _topic(row: Any, names: dict[int, list[str]]) -> Topic:
    return Topic(row.id, row.key, row.label, row.question_count, tuple(names.get(row.id, ())))


def _names(tag_ids: list[int]) -> dict[int, list[str]]:
    place = func.row_number().over(partition_by=TagAlias.tag_id, order_by=TagAlias.key).label("place")
    numbered = select(TagAlias.tag_id, TagAlias.key, place).where(TagAlias.tag_id.in_(tag_ids)).subquery()
    found: dict[int, list[str]] = {}
    rows = select(numbered.c.tag_id, numbered.c.key).where(numbered.c.place <= NAMES_SHOWN)
    for tag_id, key in db.session.execute(rows.order_by(numbered.c.key)):
        found.setdefault(tag_id, []).append(key)
    return found
