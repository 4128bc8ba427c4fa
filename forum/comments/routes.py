"""The page of a post's comments."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from common.errors import NotFound
from common.web import actor
from forum.comments.queries import comments_page
from forum.masks.wearing import reader_of
from forum.positions.panels import news_of
from forum.questions import queries
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID, questions
from forum.questions.rules import PostKind, PostState
from forum.thread.own import own_marks
from forum.thread.snapshot import Reading, snapshot


@questions.get(f"/posts/<{ANY_ID}:id>/comments", endpoint="comments")
def all_comments(id: int) -> Any:
    """All comments under a question or an answer, oldest first."""
    post = queries.find_post(actor(), id)
    kept = snapshot(post.thread_id, answer_id=post.id)
    if kept is None or post.state != PostState.PUBLISHED or post.kind == PostKind.COMMENT:
        raise NotFound()
    view = next((one for one in kept.thread.posts if one.id == id), None)
    if view is None:
        raise NotFound()
    page = comments_page(kept.thread.head, view, as_id(request.args.get("page")) or 1)
    shown = [page.post.id, *(comment.id for comment in page.post.comments)]
    who = reader_of(actor(), kept.thread)
    reading = Reading(who, kept.thread, own_marks(who, kept.thread.head.id, shown))
    back = url_for("short.answer", id=id)
    return render_template(
        "forum/questions/comments.html", here="questions", page=page, rights=reading.rights(page.post),
        head=kept.thread.head, reader=who, back=back, news=news_of(reading, frozenset(shown)),
    )  # fmt: skip
