"""Published questions as the index takes them, read in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from common.db import db
from common.i18n import local
from common.text import plain_from_html
from forum.products.models import Product
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.questions.rules import PostKind, PostState
from forum.search.rules import Document
from forum.search.words import terms, words
from forum.solutions.rules import group_of

MOST_TERMS = 1_500
"""Words of question and answers that are indexed; what matters stands at the beginning and in the solution."""
ANSWERS_READ = 30
_LONGEST_TEXT = 12_000


def published_ids() -> Iterator[int]:
    """All published questions, in the order of their ids, a thousand at a time."""
    last = 0
    while True:
        query = select(Post.id).where(
            Post.kind == PostKind.QUESTION, Post.state == PostState.PUBLISHED, Post.id > last
        )
        ids = list(db.session.scalars(query.order_by(Post.id).limit(1000)))
        if not ids:
            return
        yield from ids
        last = ids[-1]


def published_count() -> int:
    """How many questions the index should hold."""
    query = select(func.count()).where(Post.kind == PostKind.QUESTION, Post.state == PostState.PUBLISHED)
    return db.session.scalar(query) or 0


def documents(question_ids: Iterable[int]) -> list[Document]:
    """The documents of those of the questions that are published."""
    ids = list(question_ids)
    questions = _questions(ids)
    tags = _tags(ids)
    answers = _answers(ids)
    return [_document(row, tags.get(row.id, ()), answers.get(row.id, ())) for row in questions]


def _questions(ids: list[int]) -> list[Any]:
    post = aliased(Post.__table__)
    question, product = Question.__table__, Product.__table__
    return list(
        db.session.execute(
            select(
                question.c.id, question.c.title, question.c.category_id, question.c.help_state,
                question.c.accepted_answer_id, question.c.official_answer_id, post.c.author_id, post.c.language,
                post.c.published_at, question.c.product_id,
                question.c.answer_count, question.c.view_count, post.c.kudos_count, product.c.name.label("product_name"),
                func.substr(post.c.body_html, 1, _LONGEST_TEXT).label("html"),
            )
            .join(post, post.c.id == question.c.id)
            .outerjoin(product, product.c.id == question.c.product_id)
            .where(question.c.id.in_(ids), post.c.state == PostState.PUBLISHED)
            .order_by(question.c.id)
        )
    )  # fmt: skip


def _tags(ids: list[int]) -> dict[int, list[str]]:
    found = defaultdict(list)
    query = select(QuestionTag.question_id, Tag.key).join(Tag, Tag.id == QuestionTag.tag_id)
    for question_id, key in db.session.execute(
        query.where(QuestionTag.question_id.in_(ids)).order_by(Tag.key)
    ):
        found[question_id].append(key)
    return found


def _answers(ids: list[int]) -> dict[int, list[Any]]:
    """Answers by question: the solution, the official one, then by thumbs-up."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    post, question = Post.__table__, Question.__table__
    chosen = or_(post.c.id == question.c.accepted_answer_id, post.c.id == question.c.official_answer_id)
    query = (
        select(
            post.c.question_id, post.c.author_id, post.c.kudos_count, func.substr(post.c.body_html, 1, _LONGEST_TEXT).label("html"),
        )
        .join(question, question.c.id == post.c.question_id)
        .where(post.c.question_id.in_(ids), post.c.kind == PostKind.ANSWER, post.c.state == PostState.PUBLISHED)
        .order_by(post.c.question_id, chosen.desc(), post.c.kudos_count.desc(), post.c.id)
    )  # fmt: skip
    for row in db.session.execute(query):
        if len(found[row.question_id]) < ANSWERS_READ:
            found[row.question_id].append(row)
    return found


def _document(row: Any, tags: Iterable[str], answers: Collection[Any]) -> Document:
    text = terms(plain_from_html(row.html), row.language)[:MOST_TERMS]
    said: list[str] = []
    spelled = {word for _start, _end, word in words(row.title) if len(word) > 2 and not word.isdigit()}
    for answer in answers:
        if len(text) + len(said) >= MOST_TERMS:
            break
        said += terms(plain_from_html(answer.html), row.language)
    authors = dict.fromkeys(one for one in (row.author_id, *(answer.author_id for answer in answers)) if one)
    tags = tuple(tags)
    return Document(
        question_id=row.id,
        language=row.language,
        title_terms=tuple(terms(row.title, row.language)),
        text_terms=(*text, *terms(" ".join((row.product_name or "", *tags)), row.language)),
        answer_terms=tuple(said[: MOST_TERMS - len(text)]),
        answers=row.answer_count,
        views=row.view_count,
        thumbs_up=max(row.kudos_count + sum(answer.kudos_count for answer in answers), 0),
        words=frozenset(spelled),
        state=group_of(row.help_state),
        category_id=row.category_id,
        tags=tags,
        author_ids=tuple(authors),
        product_id=row.product_id,
        accepted=row.accepted_answer_id is not None,
        day=local(row.published_at).date(),
    )
