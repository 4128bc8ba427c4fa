"""A member agrees that the brand links what they do here with its customer file, or agrees no more. Off by default."""

from __future__ import annotations

from sqlalchemy import or_, select

from accounts.events import MemberClosed, MemberRenamed
from accounts.members.permissions import own_id
from common import clock
from common.db import db, insert_once, update_where
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.events import AnswerUnaccepted, PostRemoved, PostRestored
from forum.questions.models import Post
from moderation.crm.models import CrmConsent


def agree(actor: Actor) -> bool:
    """True when that is new. Raises Forbidden for visitors."""
    member_id, now = own_id(actor), clock.now()
    with unit_of_work():
        if insert_once(CrmConsent, member_id=member_id, given_at=now, changed_at=now) is not None:
            return True
        this = (CrmConsent.member_id == member_id, CrmConsent.withdrawn_at.is_not(None))
        return bool(update_where(CrmConsent, *this, withdrawn_at=None, given_at=now, changed_at=now))


def withdraw(actor: Actor) -> bool:
    """At any time and without a reason. True when that is new."""
    return _over(own_id(actor))


def forget(fact: MemberClosed) -> None:
    """Who leaves agrees no more."""
    _over(fact.member_id)


def note_change(fact: AnswerUnaccepted | PostRemoved | PostRestored) -> None:
    """A text is gone or back, or is a solution no more: its author, and with a question all who answered it, are in the next
    export of changes."""
    about = fact.answer_id if isinstance(fact, AnswerUnaccepted) else fact.post_id
    authors = select(Post.author_id).where(or_(Post.id == about, Post.question_id == about))
    theirs = (CrmConsent.withdrawn_at.is_(None), CrmConsent.member_id.in_(authors))
    update_where(CrmConsent, *theirs, changed_at=clock.now())


def note_name(fact: MemberRenamed) -> None:
    """The name is part of what is exported."""
    theirs = (CrmConsent.withdrawn_at.is_(None), CrmConsent.member_id == fact.member_id)
    update_where(CrmConsent, *theirs, changed_at=clock.now())


def _over(member_id: int) -> bool:
    now = clock.now()
    with unit_of_work():
        this = (CrmConsent.member_id == member_id, CrmConsent.withdrawn_at.is_(None))
        return bool(update_where(CrmConsent, *this, withdrawn_at=now, changed_at=now))


def consent_of(member_id: int) -> CrmConsent | None:
    """How a member stands to it."""
    return db.session.get(CrmConsent, member_id, populate_existing=True)
