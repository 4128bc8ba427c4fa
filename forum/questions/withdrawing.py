"""Take back one's own post."""

from sqlalchemy import exists, or_, select

from common.db import db
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.models import PendingEdit, Post, Question
from forum.questions.permissions import can_withdraw, can_withdraw_solution, is_own
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post
from forum.solutions.accepting import drop_acceptance


def withdraw_post(actor: Actor, post_id: int) -> bool:
    """Withdraw an own post; it never comes back. True when that is new; twice changes nothing.

    A question that others have answered stays, and so does a solution after some weeks: both help other people.
    """
    actor = under_mask(actor, post_id)
    with unit_of_work():
        post, question = visible_post(actor, post_id)
        if post.state == PostState.WITHDRAWN and is_own(actor, post):
            return False
        require(can_withdraw(actor, post, has_helped_others(post)))
        require(can_withdraw_solution(question, post))
        _drop_pending_edit(post_id)
        gone = publishing.withdraw(actor, post_id)
        if gone.kind == PostKind.ANSWER:
            drop_acceptance(actor, gone)
        return True


def has_helped_others(post: Post) -> bool:
    """Whether a question has published answers by other members."""
    if not isinstance(post, Question):
        return False
    theirs = or_(Post.author_id != post.author_id, Post.author_id.is_(None))
    answers = (Post.question_id == post.id, Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED)
    return bool(db.session.scalar(select(exists().where(*answers, theirs))))


def _drop_pending_edit(post_id: int) -> None:
    pending = db.session.get(PendingEdit, post_id)
    if pending is not None:
        db.session.delete(pending)
