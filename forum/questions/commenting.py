"""Comment on a question or on an answer."""

from sqlalchemy import select

from common import settings
from common.db import db
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.comments.queries import count_of
from forum.drafts.drafting import discard
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.models import Comment, Post, Question
from forum.questions.permissions import can_ask_details, can_comment
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.questions.writing import Posted, checked_text, hold_thread, send_once, visible_post
from forum.screening import Screening


def comment_on(
    actor: Actor,
    post_id: int,
    *,
    body: str,
    asks_details: bool = False,
    composed_seconds: float | None = None,
) -> Posted:
    """Publish a comment, or hold it. A comment on a comment hangs on the same post as that one.

    ``asks_details``: the asker is waited for until the next reply. Raises NotFound, Forbidden, Invalid (body), TooMany, and Conflict where the post is not published.
    """
    actor = under_mask(actor, post_id)
    parent, question = _commentable(actor, post_id)
    require(can_comment(actor, question))
    if asks_details:
        require(can_ask_details(actor, question))
    _title, clean_body = checked_text(actor, PostKind.COMMENT, body)
    parent_id = parent.id

    def send() -> tuple[Post, Screening]:
        keep_pace(actor, Act.REPLY)
        parent, thread = _commentable(actor, parent_id)
        _require_room(parent.id)
        comment = Comment(
            author_id=actor.member_id,
            question_id=thread.id,
            parent_id=parent.id,
            body=clean_body,
            language=thread.language,
            reply_kind=ReplyKind.NEEDS_INFO if asks_details else ReplyKind.ANSWER,
        )
        return comment, publishing.submit(
            actor, comment, db.session.get_one(Category, thread.category_id), composed_seconds
        )

    with unit_of_work():
        posted = send_once(actor, f"comment:{parent_id}\n{clean_body}", send)
        discard(actor, f"comment:{post_id}")
    return posted


def _require_room(parent_id: int) -> None:
    if count_of(parent_id) >= settings.get("forum.comments_per_post"):
        raise Conflict(_("There are many comments here already: what helps is better written as an answer."))


def _is_merged(post_id: int) -> bool:
    return db.session.scalar(select(Post.state).where(Post.id == post_id)) == PostState.MERGED


def _commentable(actor: Actor, post_id: int) -> tuple[Post, Question]:
    thread_id = hold_thread(post_id)
    if thread_id != post_id and _is_merged(post_id):
        post_id = thread_id
    post, question = visible_post(actor, post_id)
    if post.kind == PostKind.COMMENT and post.parent_id is not None:
        post, question = visible_post(actor, post.parent_id)
    if post.state != PostState.PUBLISHED or question.state != PostState.PUBLISHED:
        raise Conflict(_("This text is not published: nothing can be added to it for the moment."))
    return post, question
