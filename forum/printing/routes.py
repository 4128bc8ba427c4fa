"""The printed page of a question (design/UX.md §10)."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for

from common.config import current_config
from common.web import actor, cached_page
from forum.questions.queries import PostView
from forum.questions.routes import ANY_ID, questions
from forum.questions.rules import PostState
from forum.thread.routes import readable, thread_address
from forum.thread.snapshot import Thread, snapshot

USEFUL = 5
"""Other answers that somebody found useful; more would hide them."""


@questions.get(f"/questions/<{ANY_ID}:id>/print")
@cached_page(lambda id: f"question:{id}")
def printable(id: int) -> Any:
    """The question, its solution, the official answer, and the useful ones."""
    kept = snapshot(id)
    if kept and kept.thread.head.state == PostState.MERGED and kept.thread.head.merged_into_id:
        return redirect(url_for("questions.printable", id=kept.thread.head.merged_into_id), 301)
    kept = readable(actor(), kept)
    address = thread_address(kept.thread.head)
    return render_template(
        "forum/questions/print.html", thread=kept.thread, head=kept.thread.head, useful=useful(kept.thread),
        canonical=current_config().base_url + address, back=address,
    )  # fmt: skip


def useful(thread: Thread) -> list[PostView]:
    """What is printed besides the solution and the official answer; all first answers where nothing stands out."""
    featured = [post for post in (thread.solution, thread.official) if post]
    helped = [post for post in thread.answers if post.kudos_count or post.endorsed]
    return (helped or ([] if featured else list(thread.answers)))[:USEFUL]
