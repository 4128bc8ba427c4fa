"""Thumbs-up for a post, me-too for a question; both can be taken back and given again.

The row per (post, member) is unique and changed by conditional updates, so that a double click counts once.
"""

from typing import Any

from sqlalchemy import select

from common import clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.masks.wearing import under_mask
from forum.questions.models import Kudos, MeToo, Post, Question
from forum.questions.permissions import can_me_too, can_vote, member_of
from forum.questions.rules import PostState
from forum.questions.writing import hold_thread, standing_question, visible_post
from forum.reactions import visiting
from forum.reactions.following import follow_question


def give_kudos(actor: Actor, post_id: int) -> bool:
    """Say that a post is useful. True when that is new; giving it twice changes nothing."""
    actor = under_mask(actor, post_id)
    with unit_of_work():
        hold_thread(post_id)
        post, question = visible_post(actor, post_id)
        require(can_vote(actor, post))
        _require_published(question)
        thread_id, author_id = question.id, post.author_id
        if _given(Kudos, actor, post_id=post_id):
            return False
        keep_pace(actor, Act.VOTE)
        sequence = _give(Kudos, actor, post_id=post_id)
        if sequence is None:
            return False
        update_where(Post, Post.id == post_id, kudos_count=Post.kudos_count + 1)
        freshness.touch(f"question:{thread_id}")
        record(events.KudosGiven(post_id, author_id, member_of(actor), sequence))
        return True


def withdraw_kudos(actor: Actor, post_id: int) -> bool:
    """Take a thumbs-up back. True when there was one; twice changes nothing."""
    actor = under_mask(actor, post_id)
    with unit_of_work():
        hold_thread(post_id)
        post, question = visible_post(actor, post_id)
        require(can_vote(actor, post))
        thread_id, author_id = question.id, post.author_id
        sequence = _take_back(Kudos, actor, post_id=post_id)
        if sequence is None:
            return False
        update_where(Post, Post.id == post_id, kudos_count=Post.kudos_count - 1)
        freshness.touch(f"question:{thread_id}")
        record(events.KudosWithdrawn(post_id, author_id, member_of(actor), sequence))
        return True


def me_too(actor: Actor, question_id: int, follow: bool | None = None, browser: str = "") -> bool:
    """Say that one has the same question, and hear of its answers if `follow`. True when that is new. What was chosen is
    how the box stands next time (None: nobody was asked).

    What this `browser` said before its member signed in counts no more: everybody counts once.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = standing_question(actor, question_id)
        require(can_me_too(actor, question))
        _require_published(question)
        question_id, asker_id = question.id, question.author_id
        if follow:
            follow_question(actor, question_id)
        if browser:
            visiting.forget(question_id, browser)
        if _given(MeToo, actor, question_id=question_id):
            return False
        keep_pace(actor, Act.VOTE)
        sequence = _give(MeToo, actor, question_id=question_id)
        if sequence is None:
            return False
        if follow is not None:
            update_where(MeToo, *_mine(MeToo, actor, {"question_id": question_id}), followed=follow)
        update_where(Question, Question.id == question_id, me_too_count=Question.me_too_count + 1)
        freshness.touch(f"question:{question_id}")
        record(events.MeTooGiven(question_id, asker_id, member_of(actor), sequence))
        return True


def withdraw_me_too(actor: Actor, question_id: int) -> bool:
    """Take it back. True when it had been said."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = standing_question(actor, question_id)
        require(can_me_too(actor, question))
        question_id, asker_id = question.id, question.author_id
        said_in_id = _carried_from(actor, question_id)
        sequence = _take_back(MeToo, actor, question_id=question_id)
        if sequence is None:
            return False
        if said_in_id is not None:  # what it brought was booked for the thread it was said in
            first_asker_id = db.session.scalar(select(Post.author_id).where(Post.id == said_in_id))
            record(events.MeTooWithdrawn(said_in_id, first_asker_id, member_of(actor), sequence))
        update_where(Question, Question.id == question_id, me_too_count=Question.me_too_count - 1)
        freshness.touch(f"question:{question_id}")
        record(events.MeTooWithdrawn(question_id, asker_id, member_of(actor), sequence))
        return True


def follows_too(actor: Actor) -> bool:
    """How the member left the box beside "me too" last; ticked for who never said it."""
    mine = select(MeToo.followed).where(MeToo.member_id.in_(actor.ids))
    return db.session.scalar(mine.order_by(MeToo.given_at.desc()).limit(1)) is not False


def _carried_from(actor: Actor, question_id: int) -> int | None:
    mine = (MeToo.member_id == member_of(actor), MeToo.question_id == question_id)
    return db.session.scalar(select(MeToo.carried_from_id).where(*mine, MeToo.withdrawn_at.is_(None)))


def _require_published(question: Question) -> None:
    if question.state != PostState.PUBLISHED:
        raise Conflict(_("This question is not published for the moment."))


def _mine(vote: type[Any], actor: Actor, target: dict[str, int]) -> tuple[Any, ...]:
    return (
        vote.member_id == member_of(actor),
        *(getattr(vote, name) == value for name, value in target.items()),
    )


def _given(vote: type[Any], actor: Actor, **target: int) -> bool:
    query = select(vote.id).where(*_mine(vote, actor, target), vote.withdrawn_at.is_(None))
    return db.session.scalar(query) is not None


def _give(vote: type[Any], actor: Actor, **target: int) -> int | None:
    """The sequence of the vote now given; None when it was given already."""
    now = clock.now()
    if insert_once(vote, member_id=member_of(actor), sequence=1, given_at=now, **target) is not None:
        return 1
    mine = _mine(vote, actor, target)
    again = {"withdrawn_at": None, "given_at": now, "sequence": vote.sequence + 1}
    if vote is MeToo:
        again["carried_from_id"] = None  # said here, this time
    if not update_where(vote, *mine, vote.withdrawn_at.is_not(None), vote.annulled_at.is_(None), **again):
        if db.session.scalar(select(vote.annulled_at).where(*mine)) is not None:
            raise Conflict(_("This vote was annulled and cannot be given again."))
        return None
    return db.session.scalar(select(vote.sequence).where(*mine))


def _take_back(vote: type[Any], actor: Actor, **target: int) -> int | None:
    """The sequence of the vote now taken back; None when none was given."""
    mine = _mine(vote, actor, target)
    if not update_where(vote, *mine, vote.withdrawn_at.is_(None), withdrawn_at=clock.now()):
        return None
    return db.session.scalar(select(vote.sequence).where(*mine))
