"""Reads of private talks: for the desk, and for the asker they were offered to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, card
from common import clock
from common.db import db
from common.permissions import Actor
from common.secrecy import Lost
from forum.questions.models import Question
from moderation.private.models import PrivateTalk
from moderation.private.numbers import good_for
from moderation.private.rules import LIVE, TalkState, holds


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
