"""Reads of private talks: for the desk, and for the asker they were offered to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from accounts.members.queries import MemberCard, card
from common import clock
from common.db import db
from common.permissions import Actor
from common.secrecy import Lost
from forum.questions.models import Question
from moderation.private.models import PrivateTalk
from moderation.private.numbers import good_for
from moderation.private.rules import LIVE, TalkState, holds

_MOST_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """A question that a talk is about."""

    id: int
    title: str
    slug: str
    language: str


@dataclass(frozen=True, slots=True)
class TalkView:
    """An offer or a talk, as a page shows it."""

    question_id: int
    title: str
    slug: str
    language: str
    agent: MemberCard
    words: str
    lost: bool
    state: TalkState
    offered_at: datetime
    begun_at: datetime | None
    holds_until: datetime


def talk_of(question_id: int) -> TalkView | None:
    """The offer or the talk about a question that is open, for the desk."""
    return _view(PrivateTalk.question_id == question_id, PrivateTalk.state.in_(LIVE))


def offered_to(actor: Actor, question_id: int) -> TalkView | None:
    """What the asker may still say yes or no to."""
    mine = (PrivateTalk.question_id == question_id, PrivateTalk.asker_id == actor.member_id)
    return _view(*mine, PrivateTalk.state == TalkState.OFFERED)


def going_with(actor: Actor, question_id: int) -> TalkView | None:
    """The talk that goes on with the asker."""
    mine = (PrivateTalk.question_id == question_id, PrivateTalk.asker_id == actor.member_id)
    return _view(*mine, PrivateTalk.state == TalkState.GOING)


def case_with(actor: Actor, member_id: int) -> int | None:
    """The case of the talk that goes on between an agent and an asker; the newest of several."""
    theirs = (PrivateTalk.agent_id == actor.member_id, PrivateTalk.asker_id == member_id)
    going = select(PrivateTalk.case_id).where(*theirs, PrivateTalk.state == TalkState.GOING)
    return db.session.scalar(going.order_by(PrivateTalk.id.desc()).limit(1))


def questions_between(actor: Actor, member_id: int) -> list[QuestionRef]:
    """What the talks that go on between two are about, an agent and an asker, the newest first. One statement."""
    t, me = PrivateTalk, actor.member_id
    either = or_(
        and_(t.agent_id == me, t.asker_id == member_id), and_(t.agent_id == member_id, t.asker_id == me)
    )
    rows = db.session.execute(
        select(t.question_id, Question.title, Question.slug, Question.language)
        .join(Question, Question.id == t.question_id)
        .where(either, t.state == TalkState.GOING)
        .order_by(t.id.desc())
        .limit(_MOST_AT_ONCE)
    )
    return [QuestionRef(*row) for row in rows]


def _view(*criteria: object) -> TalkView | None:
    row = db.session.execute(
        select(PrivateTalk, Question.title, Question.slug, Question.language)
        .join(Question, Question.id == PrivateTalk.question_id)
        .where(*criteria)  # type: ignore[arg-type]
        .limit(1)
    ).first()
    if row is None:
        return None
    talk = row.PrivateTalk
    if talk.state == TalkState.OFFERED and not holds(talk.state, talk.offered_at, clock.now(), good_for()):
        return None
    return TalkView(
        talk.question_id, row.title, row.slug, row.language, card(talk.agent_id), talk.words, isinstance(talk.words, Lost), talk.state,
        talk.offered_at, talk.begun_at, talk.offered_at + good_for(),
    )  # fmt: skip
