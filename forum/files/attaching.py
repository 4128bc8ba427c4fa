"""Which posts carry which files, who gets them, and when they are erased.

A text leads to a file by its address; a row says that the post carries it. Only what the post's author or its editor
brought is carried: nobody shows a file of somebody else by writing its address.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, select

from accounts.masks.queries import persons_behind
from common import clock, settings
from common.db import db, insert_once
from common.errors import Gone, NotFound
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum import events
from forum.files.keeping import erase
from forum.files.models import Attachment, AttachmentPost
from forum.files.rules import file_keys
from forum.questions.models import Post
from forum.questions.queries import find_post
from forum.questions.rules import PostKind, PostState

UNUSED_KEPT = timedelta(days=90)
"""As long as drafts: a text that waits may lead to a file."""
ERASED_AT_ONCE = 200
MOST_CARRIERS = 20
_CARRIERS = (PostKind.QUESTION, PostKind.ANSWER)
_STANDING = (PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN, PostState.MERGED)
_Shown = events.QuestionPublished | events.AnswerPublished | events.PostEdited | events.PostRestored


def carry(fact: _Shown) -> None:
    """A visible text is new, or has changed: it carries the files it leads to, and no others."""
    if isinstance(fact, events.QuestionPublished):
        post_id, editor_id = fact.question_id, None
    elif isinstance(fact, events.AnswerPublished):
        post_id, editor_id = fact.answer_id, None
    else:
        post_id, editor_id = fact.post_id, getattr(fact, "editor_id", None)
    post = db.session.get_one(Post, post_id)
    keys = file_keys(post.body) if post.kind in _CARRIERS else ()
    if not keys and isinstance(fact, events.QuestionPublished | events.AnswerPublished):
        return
    before = set(
        db.session.scalars(select(AttachmentPost.attachment_id).where(AttachmentPost.post_id == post_id))
    )
    wanted = _allowed(keys, {post.author_id, editor_id}, before)
    for attachment_id in sorted(wanted - before):
        insert_once(AttachmentPost, attachment_id=attachment_id, post_id=post_id)
    if gone := before - wanted:
        of_post = (AttachmentPost.post_id == post_id, AttachmentPost.attachment_id.in_(gone))
        db.session.execute(delete(AttachmentPost).where(*of_post))


def _allowed(keys: tuple[str, ...], brought_by: set[int | None], before: set[int]) -> set[int]:
    if not keys:
        return set()
    behind = persons_behind(brought_by)
    persons = {behind.get(one, one) for one in brought_by if one is not None}
    found = db.session.execute(select(Attachment.id, Attachment.member_id).where(Attachment.key.in_(keys)))
    return {row.id for row in found if row.member_id in persons or row.id in before}


def find_file(actor: Actor, key: str) -> Attachment:
    """A file this actor may have: of a post they may read, their own, or a moderator's work. Raises NotFound."""
    file = db.session.scalar(select(Attachment).where(Attachment.key == key))
    if file is None:
        raise NotFound()
    if actor.can_moderate or (actor.signed_in and file.member_id == actor.person_id):
        return file
    carriers = select(AttachmentPost.post_id).where(AttachmentPost.attachment_id == file.id)
    for post_id in db.session.scalars(carriers.order_by(AttachmentPost.post_id).limit(MOST_CARRIERS)).all():
        try:
            find_post(actor, post_id)
        except (NotFound, Gone):
            continue
        return file
    raise NotFound()


def erase_unused() -> int:
    """Erase files that no text leads to any more, and those whose posts went for good long enough ago, some at once;
    returns how many."""
    now = clock.now()
    old = now - timedelta(days=settings.get("forum.files_kept_days"))
    carried = exists().where(AttachmentPost.attachment_id == Attachment.id)
    needed = exists().where(
        AttachmentPost.attachment_id == Attachment.id, AttachmentPost.post_id == Post.id,
        Post.state.in_(_STANDING) | Post.removed_at.is_(None) | (Post.removed_at > old),
    )  # fmt: skip
    unused = ~carried & (Attachment.created_at < now - UNUSED_KEPT)
    query = select(Attachment.id, Attachment.key).where(unused | (carried & ~needed))
    rows = db.session.execute(query.order_by(Attachment.id).limit(ERASED_AT_ONCE)).all()
    db.session.rollback()
    for row in rows:
        with unit_of_work():
            db.session.execute(delete(AttachmentPost).where(AttachmentPost.attachment_id == row.id))
            db.session.execute(delete(Attachment).where(Attachment.id == row.id))
            erase(row.key)
    return len(rows)
