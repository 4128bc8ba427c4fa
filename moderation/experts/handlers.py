"""What the experts do about facts. The table at the bottom says who reacts to what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.events import MemberClosed
from common import jobs
from common.db import db
from common.unit_of_work import subscribe
from forum import events
from moderation.experts import leaving
from moderation.experts.asking.courtesy_rules import InvitationState
from moderation.experts.models import ExpertInvitation


def count_again(fact: Any) -> None:
    """Whoever wrote the answer is counted again."""
    if fact.author_id is not None and not (
        isinstance(fact, events.PostRemoved | events.PostRestored) and fact.post_id == fact.question_id
    ):
        jobs.enqueue("experts.count", {"member_id": fact.author_id})


def settle_invitations(fact: Any) -> None:
    """Invitations end by an answer of the invited, and for everybody when the question needs nobody any more."""
    open_ = (ExpertInvitation.question_id == fact.question_id, ExpertInvitation.state == InvitationState.OPEN)
    if db.session.scalar(select(ExpertInvitation.id).where(*open_).limit(1)) is not None:
        jobs.enqueue("experts.settle", {"question_id": fact.question_id})


HANDLERS: dict[type, tuple[Any, ...]] = {
    MemberClosed: (leaving.forget,),
    events.AnswerPublished: (count_again, settle_invitations),
    events.PostRemoved: (count_again, settle_invitations),
    events.PostRestored: (count_again,),
    events.AnswerAccepted: (count_again, settle_invitations),
    events.AnswerUnaccepted: (count_again,),
    events.QuestionClosed: (settle_invitations,),
    events.QuestionMerged: (settle_invitations,),
    events.QuestionDeclaredSolved: (settle_invitations,),
    events.QuestionContinuedElsewhere: (settle_invitations,),
}


def subscribe_all() -> None:
    """Put the table in force; called once."""
    for fact, handlers in HANDLERS.items():
        for handler in handlers:
            subscribe(fact, handler)
