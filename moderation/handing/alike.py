"""A text that is nearly the same as another one, by the same author or by others: what a moderator merges or refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, union_all

from common import clock
from common.db import db
from common.i18n import language
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.questions.rules import PostKind, PostState
from moderation.routing.models import SupportTeam
from moderation.screening.likeness import distance, is_alike
from moderation.screening.models import TextPrint
from moderation.screening.remembering import KEPT

NEWEST = 200
"""So many of the last texts of others are compared; those that are the same to the letter are always found."""


@dataclass(frozen=True, slots=True)
class NearText:
    """Another text that says nearly the same. ``thread_id`` is the question to merge into, where it is one."""

    post_id: int
    thread_id: int
    title: str
    is_own: bool
    is_question: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What the sheets of an item need: the teams there are, and the topics of its question."""

    teams: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]


def near_text(post_id: int, only_public: bool = False) -> NearText | None:
    """The nearest one that is published or waits; an earlier one of the same author first. ``only_public`` for who moderates
    a part: what waits elsewhere is not theirs to read. One statement."""
    rows = _prints(post_id, only_public)
    own = next((row for row in rows if row.post_id == post_id), None)
    if own is None or not own.simhash:
        return None
    near = [
        (row.author_id != own.author_id, distance(own.simhash, row.simhash), row.post_id, row)
        for row in rows
        if row.post_id != post_id and row.simhash and is_alike(own, row)
    ]
    if not near:
        return None
    found = min(near, key=lambda one: one[:3])[3]
    return NearText(
        found.post_id,
        found.thread_id,
        found.title,
        found.author_id == own.author_id,
        found.kind == PostKind.QUESTION,
    )


def _prints(post_id: int, only_public: bool) -> Sequence[Any]:
    """Of a text, and of those that may be like it: its author's, the same to the letter, and the newest."""
    mine = select(TextPrint.author_id, TextPrint.digest).where(TextPrint.post_id == post_id).subquery()
    there = (PostState.PUBLISHED,) if only_public else (PostState.PUBLISHED, PostState.HELD)
    fresh = TextPrint.stored_at > clock.now() - KEPT
    newest = select(TextPrint.post_id).where(fresh).order_by(TextPrint.stored_at.desc()).limit(NEWEST)
    thread = func.coalesce(Post.__table__.c.question_id, Post.__table__.c.id)
    asked = Question.__table__
    return db.session.execute(
        select(
            TextPrint.post_id, TextPrint.author_id, TextPrint.digest, TextPrint.simhash, Post.__table__.c.kind,
            thread.label("thread_id"), asked.c.title,
        )
        .join(Post.__table__, Post.__table__.c.id == TextPrint.post_id)
        .join(asked, asked.c.id == thread)
        .where(
            fresh,
            or_(
                TextPrint.post_id == post_id,
                and_(
                    Post.__table__.c.state.in_(there),
                    or_(
                        TextPrint.author_id == select(mine.c.author_id).scalar_subquery(),
                        and_(TextPrint.digest != "", TextPrint.digest == select(mine.c.digest).scalar_subquery()),
                        TextPrint.post_id.in_(newest),
                    ),
                ),
            ),
        )
        .order_by(TextPrint.stored_at.desc())
        .limit(2 * NEWEST)
    ).all()  # fmt: skip


def beside(question_id: int | None) -> Beside:
    """Teams and topics, in one statement."""
    name = SupportTeam.name_en if language() == "en" else SupportTeam.name_fr
    named = select(literal("team").label("what"), SupportTeam.key.label("word"), name.label("name"))
    named = named.where(SupportTeam.archived_at.is_(None))
    topics = (
        select(literal("topic").label("what"), Tag.key.label("word"), Tag.key.label("name"))
        .join(QuestionTag, QuestionTag.tag_id == Tag.id)
        .where(QuestionTag.question_id == (question_id or 0))
    )
    rows = sorted(db.session.execute(union_all(named, topics)).all(), key=lambda row: row.name)
    return Beside(
        tuple((row.word, row.name) for row in rows if row.what == "team"),
        tuple(row.word for row in rows if row.what == "topic"),
    )
