"""Comments of one post in pages. A post has some hundred at most, so a page goes by its number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import and_, func, literal, or_, select

from common.db import db
from forum.questions import queries
from forum.questions.models import Post
from forum.questions.queries import COMMENTS_A_POST, PostView, QuestionHead

PAGE_SIZE = 50
_post = Post.__table__
_ORDER = (_post.c.published_at, _post.c.id)


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """A post with one page of its comments."""

    post: PostView
    number: int
    pages: int


def count_of(post_id: int) -> int:
    """How many published comments a post has."""
    which = queries.published_comments(_post.c.parent_id == post_id)
    return db.session.scalar(select(func.count()).select_from(_post).where(*which)) or 0


def comments_page(head: QuestionHead, post: PostView, number: int) -> CommentsPage:
    """One page; a number beyond the last is the last."""
    count = count_of(post.id)
    pages = max(1, -(-count // PAGE_SIZE))
    number = max(1, min(number, pages))
    columns = (*queries.VIEW, literal(count).label("together"))
    found = select(*columns).where(*queries.published_comments(_post.c.parent_id == post.id))
    rows = db.session.execute(found.order_by(*_ORDER).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    views = queries.views(rows, head)
    return CommentsPage(replace(post, comments=tuple(views.values()), comment_count=count), number, pages)


def place_of(comment: Post) -> int:
    """How many comments stand before this one."""
    at = comment.published_at
    before = or_(_post.c.published_at < at, and_(_post.c.published_at == at, _post.c.id < comment.id))
    which = queries.published_comments(_post.c.parent_id == comment.parent_id)
    return db.session.scalar(select(func.count()).select_from(_post).where(*which, before)) or 0


def page_with(comment: Post) -> int | None:
    """The page a comment stands on, or None where its thread shows it."""
    place = place_of(comment)
    return None if place < COMMENTS_A_POST else place // PAGE_SIZE + 1
