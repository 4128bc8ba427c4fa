"""Thumbs-up, me too, follow: each sends the wanted state, so that a double click changes nothing."""

from __future__ import annotations

from typing import Any

from flask import request

from common.web import actor
from forum.questions import queries
from forum.questions.routes import ANY_ID, questions
from forum.reactions import following, voting
from forum.thread.routes import back_to_thread


def wanted() -> bool:
    """The state a toggle asks for; on when it does not say."""
    return request.form.get("on", "1") != "0"


@questions.post(f"/posts/<{ANY_ID}:id>/kudos")
def kudos(id: int) -> Any:
    """Give a thumbs-up, or take it back."""
    post = queries.find_post(actor(), id)
    thread_id, anchor = post.thread_id, "question" if post.id == post.thread_id else f"a-{post.id}"
    (voting.give_kudos if wanted() else voting.withdraw_kudos)(actor(), id)
    return back_to_thread(thread_id, anchor, None if anchor == "question" else id)


@questions.post(f"/questions/<{ANY_ID}:id>/me-too")
def me_too(id: int) -> Any:
    """Say that one has the same problem, or take it back."""
    if wanted():
        voting.me_too(actor(), id, follow=True)
    else:
        voting.withdraw_me_too(actor(), id)
    return back_to_thread(id, "question")


@questions.post(f"/questions/<{ANY_ID}:id>/follow")
def follow(id: int) -> Any:
    """Follow a question, or stop."""
    (following.follow_question if wanted() else following.unfollow_question)(actor(), id)
    return back_to_thread(id, "question")
