"""What a reader may say of an answer as a solution: propose it, decide about it, say that it helped, name its kind."""

from __future__ import annotations

from typing import Any

from common.permissions import Actor, may_write
from forum.questions import permissions
from forum.questions.queries import PostView
from forum.questions.rules import HelpState, ReplyKind
from forum.thread.own import Own


def solution_rights(*, actor: Actor, head: Any, post: PostView, own: Own) -> dict[str, Any]:
    """The fields of `Rights` that this room knows, for a signed-in reader and an answer."""
    answer: Any = post
    return {
        "propose": _propose(actor, head, answer),
        "helped": _helped(actor, head, answer, own),
        "kinds": _kinds(actor, head, answer),
    }


def _propose(actor: Actor, head: Any, post: Any) -> str:
    if not may_write(actor):
        return ""
    if post.proposed:
        if permissions.is_own(actor, head):
            return "decide"
        return "object" if permissions.can_object(actor, head) else ""
    if head.accepted_answer_id is not None and permissions.is_own(actor, head):
        if post.also_solved:
            return "not-also"
        return "also" if permissions.can_mark_also(actor, head, post) else ""
    free = head.help_state != HelpState.SOLVED and head.proposed_answer_id is None and head.closed_at is None
    return "propose" if free and permissions.can_propose(actor, head, post) else ""


def _helped(actor: Actor, head: Any, post: Any, own: Own) -> str:
    if not post.asks_helped or not permissions.can_say_helped(actor, head, post):
        return ""
    if post.id in own.helped:
        return "yes"
    return "no" if post.id in own.not_helped else "ask"


def _kinds(actor: Actor, head: Any, post: Any) -> tuple[ReplyKind, ...]:
    return tuple(
        kind
        for kind in ReplyKind
        if kind != post.reply_kind and permissions.can_mark_reply(actor, head, post, kind)
    )
