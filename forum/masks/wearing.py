"""Which of a member's masks is worn where: in the threads where they wrote under it, always."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from common.db import db
from common.permissions import Actor
from forum.questions.models import Post, Question

_post, _question = Post.__table__, Question.__table__


def under_mask(actor: Actor, post_id: int) -> Actor:
    """The actor as they are known in the thread of a post: what they write, vote and choose there names the mask.

    Every verb that acts in a thread begins with it. It asks the database only for who has asked under a mask.
    """
    if not actor.masks or actor.behind_id is not None:
        return actor
    thread_id = db.session.scalar(
        select(func.coalesce(_question.c.merged_into_id, _question.c.id))
        .join(_post, _question.c.id == func.coalesce(_post.c.question_id, _post.c.id))
        .where(_post.c.id == post_id)
    )
    merged = select(_question.c.id).where(_question.c.merged_into_id == thread_id)
    here = or_(_post.c.id == thread_id, _post.c.question_id == thread_id, _post.c.id.in_(merged))
    query = select(_post.c.author_id).where(_post.c.author_id.in_(actor.masks), here)
    mask_id = db.session.scalar(query.order_by(_post.c.id != thread_id, _post.c.id).limit(1))
    return actor if mask_id is None else actor.under(mask_id)


def reader_of(actor: Actor, thread: Any) -> Actor:
    """The same for a page of a thread (forum.thread.snapshot.Thread): whoever asked here is known without a question."""
    if thread.head.author_id in actor.masks:
        return actor.under(thread.head.author_id)
    return under_mask(actor, thread.head.id)


def mask_rights(actor: Actor, masked: bool) -> str:
    """What a reader (:func:`reader_of`) may do about the mask of a question: "worn" here by them, to be lifted; "look" who
    wears it, where it is ``masked``; or nothing."""
    return "worn" if actor.behind_id is not None else "look" if masked and actor.is_staff else ""
