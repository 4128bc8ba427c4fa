"""What the results are narrowed to, as PostgreSQL asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common.i18n import day_begins
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.search.models import SearchDocument
from forum.search.rules import Filters
from forum.solutions.rules import GROUPS


def on_documents(filters: Filters) -> list[Any]:
    """Conditions on the documents themselves."""
    if filters.author_id is None:
        return []
    return [SearchDocument.author_ids.contains(f",{filters.author_id},")]


def on_posts(filters: Filters) -> list[Any]:
    """Conditions on the posts of questions."""
    post = Post.__table__
    found: list[Any] = []
    if filters.language:
        found.append(post.c.language == filters.language)
    if filters.since:
        found.append(post.c.published_at >= day_begins(filters.since))
    if filters.until:
        found.append(post.c.published_at < day_begins(filters.until + timedelta(days=1)))
    return found


def on_questions(filters: Filters) -> list[Any]:
    """Conditions on questions."""
    question = Question.__table__
    found: list[Any] = []
    if filters.state:
        found.append(question.c.help_state.in_(sorted(GROUPS[filters.state.value])))
    if filters.category_id is not None:
        found.append(question.c.category_id == filters.category_id)
    if filters.tag:
        tagged = (
            select(QuestionTag.question_id)
            .join(Tag, Tag.id == QuestionTag.tag_id)
            .where(Tag.key == filters.tag)
        )
        found.append(question.c.id.in_(tagged))
    if filters.product_id is not None:
        found.append(question.c.product_id == filters.product_id)
    if filters.accepted:
        found.append(question.c.accepted_answer_id.is_not(None))
    return found


def criteria(filters: Filters) -> list[Any]:
    """Conditions on documents, questions and their posts; none for filters that do not narrow."""
    return [*on_documents(filters), *on_questions(filters), *on_posts(filters)]
