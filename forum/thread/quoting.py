"""A quotation in an answer: the words, who wrote them, and the way to them. Works without scripts."""

from __future__ import annotations

from common import text
from forum.thread.snapshot import Thread

LONGEST = 400


def quotation(thread: Thread, post_id: int | None) -> str:
    """The beginning of a post of this page as a Markdown quotation; empty when it is not on the page."""
    post = next((one for one in thread.posts if one.id == post_id), None)
    if post is None:
        return ""
    words = text.excerpt(str(post.html), LONGEST)
    return f"> {words}\n> [{post.author.name}](/a/{post.id})\n\n"


def with_quotation(typed: str, quoted: str) -> str:
    """What was typed, with the quotation behind it, once."""
    if not quoted or quoted.strip() in typed:
        return typed
    return f"{typed.rstrip()}\n\n{quoted}" if typed.strip() else quoted
