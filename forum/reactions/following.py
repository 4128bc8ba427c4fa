"""Follow a question: hear of its answers and of its solution."""

from sqlalchemy import delete, exists, select

from common.db import db, insert_once, update_where
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.masks.wearing import under_mask
from forum.questions.models import Follow, Question
from forum.questions.permissions import can_follow, member_of
from forum.questions.writing import hold_question, standing_question


def follow_question(actor: Actor, question_id: int) -> bool:
    """Begin to follow. True when that is new."""
    actor = under_mask(actor, question_id)
    require(can_follow(actor))
    with unit_of_work():
        return make_follower(member_of(actor), standing_question(actor, question_id).id)


def unfollow_question(actor: Actor, question_id: int) -> bool:
    """Stop following. True when the actor had followed."""
    actor = under_mask(actor, question_id)
    require(can_follow(actor))
    with unit_of_work():
        question_id = hold_question(question_id)
        mine = (Follow.member_id == actor.member_id, Follow.question_id == question_id)
        gone = db.session.execute(delete(Follow).where(*mine))
        if not gone.rowcount:  # type: ignore[attr-defined]
            return False
        update_where(Question, Question.id == question_id, follower_count=Question.follower_count - 1)
        return True


def make_follower(member_id: int, question_id: int) -> bool:
    """Have a member follow who has just written in the thread; inside an open unit of work."""
    if insert_once(Follow, member_id=member_id, question_id=question_id) is None:
        return False
    update_where(Question, Question.id == question_id, follower_count=Question.follower_count + 1)
    return True


def follows(actor: Actor, question_id: int) -> bool:
    """Whether the actor follows the question."""
    actor = under_mask(actor, question_id)
    if actor.member_id is None:
        return False
    mine = exists().where(Follow.member_id == actor.member_id, Follow.question_id == question_id)
    return bool(db.session.scalar(select(mine)))


def question_followers_after(question_id: int, after: int, size: int) -> list[int]:
    """The next members who follow a question, in the order of their ids."""
    query = select(Follow.member_id).where(Follow.question_id == question_id, Follow.member_id > after)
    return list(db.session.scalars(query.order_by(Follow.member_id).limit(size)))
