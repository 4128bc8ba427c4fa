"""Texts as listening reads them: what everybody may read at this moment, and nothing else.

A text that is held, hidden or removed, or stands under one that is, is not there; nobody's rights open more.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from common.text import excerpt, paragraphs
from forum.content.reviews.models import Review
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.escalation.priority_rules import tone_points
from moderation.lexicon.rules import Lexicon, WordList
from moderation.lexicon.rules import words_of as tokens_of
from moderation.screening.personal_data import without

EXCERPT = 240
TEXT_READ = 8_000
_SAID_BY_OTHERS = frozenset(("blockquote", "pre", "code"))

post, question, review = Post.__table__, Question.__table__, Review.__table__
TITLE = func.coalesce(question.c.title, review.c.title)
CATEGORY = func.coalesce(question.c.category_id, review.c.category_id)
PRODUCT = func.coalesce(question.c.product_id, review.c.product_id)
THREAD = func.coalesce(post.c.question_id, post.c.id)
REVIEWED = func.coalesce(post.c.parent_id, post.c.id)


def in_view() -> ColumnElement[bool]:
    """The criterion on the table of posts: published, and so is everything it stands under."""
    return and_(
        post.c.state == PostState.PUBLISHED,
        *(~_hidden(one) for one in (post.c.question_id, post.c.parent_id)),
    )


def _hidden(above_id: Any) -> ColumnElement[bool]:
    above = aliased(Post)
    return exists().where(above.id == above_id, above.state != PostState.PUBLISHED)


def read(*columns: Any) -> Any:
    """A select of what everybody may read, with its thread (``question``) or the review it belongs to (``review``)."""
    places = post.outerjoin(question, question.c.id == THREAD).outerjoin(review, review.c.id == REVIEWED)
    return select(*columns).select_from(places).where(in_view())


def words_of(html: str, title: str | None = None) -> str:
    """What somebody said in their own words: without what they quote, and without code."""
    said = paragraphs(html[:TEXT_READ], without=_SAID_BY_OTHERS)
    return f"{title}\n{said}" if title else said


def masked(text: str, language: str, length: int = EXCERPT) -> str:
    """A passage with personal data masked."""
    return excerpt(without(text[:TEXT_READ], language)[0], length)


def place_of(kind: str, post_id: int, parent_id: int | None) -> tuple[str, int]:
    """Where a text is read: the page and its number."""
    if kind in (PostKind.REVIEW, PostKind.REVIEW_REPLY):
        return "reviews.show", parent_id or post_id
    return "short.answer", post_id


def tone_of(text: str, words: Lexicon) -> int:
    """Points of displeasure, 0 to 15 (domain/escalation.md §C2.1). Marks and capitals make displeasure louder; alone they are
    none: of those who write "!" most say thank you."""
    unhappy = len(words.found(tokens_of(text), WordList.TONE))
    return tone_points(unhappy, text) if unhappy else 0
