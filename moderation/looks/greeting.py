"""Greet a newcomer under their first question, once for everybody, with a text that can be changed before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import Role
from common import clock, limits, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.looks import numbers as _numbers  # noqa: F401 - settings
from moderation.looks.models import Greeting
from moderation.looks.permissions import can_help

SHOWN = 30
BODY_MOST = 600


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody new, what they asked first, and the text that is proposed."""

    member: MemberCard
    joined_at: datetime
    question_id: int
    title: str
    answers: int
    proposed: str
    language: str


def newcomers(actor: Actor) -> list[Newcomer]:
    """Who is new, asked something and was not greeted, the newest first. Two statements."""
    require(can_help(actor))
    post, question = Post.__table__, Question.__table__
    rows = db.session.execute(
        _new(actor)
        .add_columns(Member.joined_at, question.c.title, question.c.answer_count, post.c.language)
        .order_by(Member.joined_at.desc(), Member.id.desc())
        .limit(SHOWN)
    ).all()
    known = cards(row.member_id for row in rows)
    return [
        Newcomer(
            known[row.member_id], row.joined_at, row.question_id, row.title, row.answer_count,
            proposed(known[row.member_id].name, row.language), row.language,
        )
        for row in rows
    ]  # fmt: skip


def waiting_count(actor: Actor) -> int:
    """How many there are, up to a hundred."""
    some = _new(actor).limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def greet(actor: Actor, newcomer_id: int, body: str) -> int:
    """Write the greeting under their first question; returns the question's id. Once for each newcomer, whoever is first.

    Raises Forbidden, Invalid (body), TooMany, Conflict (greeted already, or not new any more).
    """
    require(can_help(actor))
    words = body.strip()
    if not words or len(words) > BODY_MOST:
        raise Invalid(fields={"body": _("A greeting has 1 to %(high)s characters.", high=BODY_MOST)})
    with unit_of_work():
        row = db.session.execute(_new(actor).where(Member.id == newcomer_id)).first()
        if row is None:
            raise Conflict(_("Somebody has greeted this newcomer already."))
        limits.hit("greeting", actor.member_id or 0, f"{settings.get('greetings.a_day')}/day")
        made = {"by_id": actor.member_id, "question_id": row.question_id, "greeted_at": clock.now()}
        if insert_once(Greeting, newcomer_id=newcomer_id, **made) is None:
            raise Conflict(_("Somebody has greeted this newcomer already."))
        posted = comment_on(actor, row.question_id, body=words)
        update_where(Greeting, Greeting.newcomer_id == newcomer_id, comment_id=posted.id)
    return int(row.question_id)


def proposed(name: object, language: str) -> str:
    """The house's greeting for somebody, in the language of their question."""
    written: str = settings.get(f"greetings.text_{'fr' if language == 'fr' else 'en'}")
    return written.replace("{name}", str(name))[:BODY_MOST]


def _new(actor: Actor):
    """Newcomers with their first published question. Nobody asked under a mask is among them."""
    post, question, earlier, mine = (
        Post.__table__,
        Question.__table__,
        aliased(Post.__table__),
        aliased(Post.__table__),
    )
    since, me = clock.now() - timedelta(days=settings.get("greetings.days")), sorted(actor.ids)
    first = ~exists().where(
        earlier.c.author_id == post.c.author_id, earlier.c.kind == PostKind.QUESTION,
        earlier.c.published_at < post.c.published_at,
    )  # fmt: skip
    greeted_here = exists().where(
        mine.c.author_id.in_(me), mine.c.kind == PostKind.COMMENT,
        or_(mine.c.parent_id == post.c.id, mine.c.question_id == post.c.id),
    )  # fmt: skip
    return (
        select(Member.id.label("member_id"), question.c.id.label("question_id"))
        .join(post, post.c.author_id == Member.id)
        .join(question, question.c.id == post.c.id)
        .where(
            Member.joined_at >= since,
            Member.role == Role.MEMBER,
            Member.rank <= 1,
            Member.closed_at.is_(None),
        )
        .where(Member.id.not_in(me), Member.id.not_in(select(Mask.member_id)))
        .where(or_(Member.suspended_until.is_(None), Member.suspended_until <= clock.now()))
        .where(
            post.c.state == PostState.PUBLISHED,
            question.c.locked_at.is_(None),
            question.c.closed_at.is_(None),
        )
        .where(first, ~greeted_here, Member.id.not_in(select(Greeting.newcomer_id)))
    )
