"""A member's own questions, drafts and follows, each a page at a time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from common import text
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from forum.browsing.queries import QuestionRow, published_rows, rows_of
from forum.products.models import Product
from forum.questions.models import Draft, Follow, Post, Question
from forum.questions.queries import OWN_STATES
from forum.questions.rules import PostKind, PostState

SIZE = 20
DRAFTS_SHOWN = 100
REVIEW = "review"
_post, _question = Post.__table__, Question.__table__


@dataclass(frozen=True, slots=True)
class Waiting:
    """An own question that is not published: nobody else sees it."""

    id: int
    slug: str
    title: str
    language: str
    state: PostState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DraftLine:
    """Something begun. ``link`` is the page to go on, as an endpoint with its values; None where that is gone."""

    place: str
    heading: Sentence | str
    excerpt: str
    link: tuple[str, dict[str, Any]] | None
    updated_at: datetime


def my_questions(ids: Collection[int], after: str) -> Page[QuestionRow]:
    """The published questions of a member, newest first; ``ids`` are the member and the masks they asked under."""
    query = published_rows().where(_post.c.author_id.in_(ids), _post.c.kind == PostKind.QUESTION)
    query = keyset(query, _post.c.published_at, _question.c.id, after, SIZE)
    found = page_of(list(db.session.execute(query)), SIZE, lambda row: (row.published_at, row.id))
    return Page(list(rows_of(found.items)), found.next)


def my_waiting(ids: Collection[int]) -> list[Waiting]:
    """Own questions that wait for a review, were hidden or refused; newest first."""
    query = (
        select(
            _question.c.id,
            _question.c.slug,
            _question.c.title,
            _post.c.language,
            _post.c.state,
            _post.c.created_at,
        )
        .select_from(_question.join(_post, _question.c.id == _post.c.id))
        .where(_post.c.author_id.in_(ids), _post.c.kind == PostKind.QUESTION, _post.c.state.in_(OWN_STATES))
        .order_by(_post.c.created_at.desc())
        .limit(SIZE)
    )
    return [Waiting(*row) for row in db.session.execute(query)]


def followed_questions(ids: Collection[int], after: str) -> Page[QuestionRow]:
    """The published questions a member follows, those with news first."""
    query = (
        published_rows().join(Follow, Follow.question_id == _question.c.id).where(Follow.member_id.in_(ids))
    )
    query = keyset(query, _question.c.active_at, _question.c.id, after, SIZE)
    found = page_of(list(db.session.execute(query)), SIZE, lambda row: (row.active_at, row.id))
    return Page(list(rows_of(found.items)), found.next)


def my_drafts(member_id: int) -> list[DraftLine]:
    """What a member began and has not sent, newest first; titles of threads in one statement."""
    query = select(Draft.place, Draft.title, func.substr(Draft.body, 1, 500).label("body"), Draft.updated_at)
    query = query.where(Draft.member_id == member_id).order_by(Draft.updated_at.desc()).limit(DRAFTS_SHOWN)
    rows = [(row, *_parts(row.place)) for row in db.session.execute(query)]
    threads = _threads({number for _row, what, number in rows if number and what != REVIEW})
    products = _products({number for _row, what, number in rows if what == REVIEW})
    about = [products.get(number) if what == REVIEW else threads.get(number) for _row, what, number in rows]
    return [
        DraftLine(
            row.place, _heading(what, row.title, page), text.excerpt(row.body, 160), _link(what, number, page),
            row.updated_at,
        )
        for (row, what, number), page in zip(rows, about, strict=True)
    ]  # fmt: skip


def _parts(place: str) -> tuple[str, int]:
    """What is drafted and for which post or product: ("answer", 12), ("review", 3), ("ask", 0)."""
    found = re.fullmatch(r"(\w+):(\d{1,10})", place)
    return (found[1], int(found[2])) if found else (place, 0)


def _threads(post_ids: set[int]) -> dict[int, Any]:
    """The thread of each post a draft belongs to, as far as it is still public."""
    if not post_ids:
        return {}
    posts, threads = _post.alias(), _post.alias()
    query = (
        select(posts.c.id, _question.c.id.label("thread_id"), _question.c.title)
        .select_from(
            posts.join(_question, _question.c.id == func.coalesce(posts.c.question_id, posts.c.id)).join(
                threads, threads.c.id == _question.c.id
            )
        )
        .where(posts.c.id.in_(post_ids), threads.c.state == PostState.PUBLISHED)
    )
    return {row.id: row for row in db.session.execute(query)}


def _products(product_ids: set[int]) -> dict[int, Any]:
    """The products that reviews were begun about."""
    if not product_ids:
        return {}
    query = select(Product.id, Product.slug, Product.name.label("title")).where(Product.id.in_(product_ids))
    return {row.id: row for row in db.session.execute(query)}


def _heading(what: str, title: str, thread: Any) -> Sentence | str:
    if thread is None:
        gone = _("For a page that is no longer there")
        return title.strip() or (_("A question without a title yet") if what == "ask" else gone)
    made = {
        "answer": _("Answer to “%(title)s”", title=thread.title),
        "comment": _("Comment on “%(title)s”", title=thread.title),
        REVIEW: _("Review of “%(title)s”", title=thread.title),
    }
    return made.get(what, _("Edit of “%(title)s”", title=thread.title))


def _link(what: str, post_id: int, thread: Any) -> tuple[str, dict[str, Any]] | None:
    if thread is None:
        return ("questions.ask", {}) if what == "ask" else None
    if what == REVIEW:
        return "reviews.write", {"slug": thread.slug}
    if what in ("edit", "suggest"):
        return f"questions.{what}", {"id": post_id}
    anchor = {"_anchor": "repondre"} if what == "answer" else {}
    return "questions.show", {"id": thread.thread_id, **anchor}
