"""Say what a reply is: an answer, a tip that leaves the question open, or a question back to the asker."""

from __future__ import annotations

from common import audit
from common.db import update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.questions.models import Post
from forum.questions.permissions import can_mark_reply, is_own
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.questions.writing import visible_post


def mark_reply(actor: Actor, answer_id: int, kind: ReplyKind | str) -> bool:
    """Change the kind of a reply. True when that is new. What waits for a review tells nobody until it is published."""
    actor = under_mask(actor, answer_id)
    wanted = _kind(kind)
    with unit_of_work():
        answer, question = visible_post(actor, answer_id)
        if answer.kind != PostKind.ANSWER:
            raise NotFound()
        require(can_mark_reply(actor, question, answer, wanted))
        before, own = ReplyKind(answer.reply_kind), is_own(actor, answer)
        published, author_id, thread_id = answer.state == PostState.PUBLISHED, answer.author_id, question.id
        same = (Post.id == answer_id, Post.reply_kind == before, Post.reply_kind != wanted)
        if not update_where(Post, *same, reply_kind=wanted):
            return False
        if published:
            record(events.ReplyKindChanged(answer_id, thread_id, author_id, actor.member_id, wanted.value))
        if not own:
            audit.write(actor, "answer.kind_changed", "post", answer_id, before.value, wanted.value)
        return True


def end_requests(question_id: int) -> int:
    """The team goes on without the details it asked for in comments; inside an open unit of work."""
    asked = (Post.question_id == question_id, Post.kind == PostKind.COMMENT)
    ended = update_where(Post, *asked, Post.reply_kind == ReplyKind.NEEDS_INFO, reply_kind=ReplyKind.ANSWER)
    if ended:
        record(events.ReplyKindChanged(question_id, question_id, None, None, ReplyKind.ANSWER.value))
    return ended


def _kind(kind: ReplyKind | str) -> ReplyKind:
    try:
        return ReplyKind(kind)
    except ValueError:
        raise Invalid(fields={"kind": _("Choose what your reply is.")}) from None
