"""What there is to look at, one text at a time; only published texts, never one's own, never of a thread one takes part in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import Role
from common import clock, settings
from common.db import db
from common.permissions import Actor
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.looks import numbers as _numbers  # noqa: F401 - settings
from moderation.looks.models import Look, LookCase
from moderation.looks.rules import LookKind, Opinion, Record, is_audit
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemType

COUNTED = 99
REMEMBERED = timedelta(days=60)
APPROVED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to look at. ``kind`` is what the page says; an audit looks like any other."""

    id: int
    version: int
    kind: LookKind
    is_answer: bool
    title: str
    question_id: int
    html: Markup
    question_html: Markup
    author: MemberCard
    at: datetime | None
    language: str


_post, _thread, _asked = aliased(Post.__table__), aliased(Question.__table__), aliased(Post.__table__)


def _candidates(actor: Actor, kind: LookKind) -> Select[Any]:
    """Ids and versions of published texts of a kind that this member may still look at, the oldest first."""
    since = clock.now() - timedelta(days=settings.get("looks.days"))
    seen = (
        select(Look.id)
        .join(LookCase, LookCase.id == Look.case_id)
        .where(
            LookCase.post_id == _post.c.id,
            LookCase.version == _post.c.version,
            Look.member_id == actor.member_id,
        )
    )
    done = select(LookCase.id).where(
        LookCase.post_id == _post.c.id, LookCase.version == _post.c.version, LookCase.kind == kind,
        LookCase.outcome.is_not(None),
    )  # fmt: skip
    query = (
        select(_post.c.id, _post.c.version)
        .join(_thread, _thread.c.id == func.coalesce(_post.c.question_id, _post.c.id))
        .join(_asked, _asked.c.id == _thread.c.id)
        .where(_post.c.state == PostState.PUBLISHED, _asked.c.state == PostState.PUBLISHED)
        .where(_post.c.kind.in_((PostKind.QUESTION, PostKind.ANSWER)), _post.c.is_official.is_(False))
        .where(_impartial(actor), ~exists(seen), ~exists(done), *_of_kind(actor, kind, since))
    )
    return query.order_by(_post.c.published_at, _post.c.id)


def _impartial(actor: Actor) -> ColumnElement[bool]:
    """Not one's own text, and no thread one takes part in, under a mask or not."""
    mine, me = aliased(Post.__table__), sorted(actor.ids)
    takes_part = exists().where(
        mine.c.author_id.in_(me), mine.c.state.in_((PostState.PUBLISHED, PostState.HELD)),
        or_(mine.c.question_id == _thread.c.id, mine.c.id == _thread.c.id),
    )  # fmt: skip
    return and_(or_(_post.c.author_id.is_(None), _post.c.author_id.not_in(me)), ~takes_part)


def _of_kind(actor: Actor, kind: LookKind, since: datetime) -> list[Any]:
    if kind == LookKind.FIRST:
        earlier = aliased(Post.__table__)
        before = (
            select(func.count())
            .where(
                earlier.c.author_id == _post.c.author_id, earlier.c.state == PostState.PUBLISHED,
                earlier.c.kind.in_((PostKind.QUESTION, PostKind.ANSWER)), earlier.c.published_at < _post.c.published_at,
            )
            .scalar_subquery()
        )  # fmt: skip
        newcomer = exists().where(
            Member.id == _post.c.author_id, Member.rank <= 1, Member.role == Role.MEMBER
        )
        return [_post.c.published_at >= since, newcomer, before < settings.get("looks.first_texts")]
    if kind == LookKind.LATE:
        late = timedelta(days=settings.get("looks.late_days"))
        # The question's moment is compared in a way both databases know: it lies before the window's end by so much.
        return [
            _post.c.published_at >= since, _post.c.kind == PostKind.ANSWER, _asked.c.published_at < clock.now() - late,
            _days_between() >= settings.get("looks.late_days"),
        ]  # fmt: skip
    if kind == LookKind.SAMPLE:
        return [_approved(since, ReviewItem.kind == ItemType.SAMPLE, actor)]
    return [_approved(clock.now() - APPROVED, ReviewItem.kind != ItemType.APPEAL, actor)]


def _days_between() -> Any:
    """Whole days from the question to the answer."""
    if db.engine.dialect.name == "postgresql":
        return func.extract("epoch", _post.c.published_at - _asked.c.published_at) / 86_400
    return func.julianday(_post.c.published_at) - func.julianday(_asked.c.published_at)


def _approved(since: datetime, of_kind: Any, actor: Actor) -> ColumnElement[bool]:
    """A moderator approved this very version, and nobody took it back."""
    made, item = aliased(ReviewDecision.__table__), ReviewItem.__table__
    undone = exists().where(DecisionUndo.decision_id == made.c.id)
    return exists(
        select(made.c.id)
        .join(ReviewItem, ReviewItem.id == made.c.item_id)
        .where(
            made.c.post_id == _post.c.id, made.c.version == _post.c.version, made.c.decided_at >= since, of_kind,
            made.c.decision.in_((Decision.APPROVE, Decision.NO_ACTION, Decision.RESTORE)),
            made.c.actor_id != (actor.member_id or 0), ~undone, item.c.id == made.c.item_id,
        )
    )  # fmt: skip


def next_text(actor: Actor, kind: LookKind) -> Text | None:
    """What to look at next: now and then a text whose right answer is known. Looking it up changes nothing."""
    if is_audit(looked_today(actor), settings.get("looks.audit_every")):
        audit = _text(actor, LookKind.AUDIT, kind)
        if audit is not None:
            return audit
    return _text(actor, kind, kind)


def _text(actor: Actor, kind: LookKind, said: LookKind) -> Text | None:
    found = db.session.execute(_candidates(actor, kind).limit(1)).first()
    if found is None:
        return None
    post = db.session.get_one(Post, found.id)
    question = db.session.get_one(Question, post.thread_id)
    is_answer = post.kind == PostKind.ANSWER
    return Text(
        post.id, post.version, said, is_answer, question.title, question.id, Markup(post.body_html),  # noqa: S704 - rendered by common.text
        Markup(question.body_html if is_answer else ""), cards([post.author_id])[post.author_id], post.published_at,  # noqa: S704
        post.language,
    )  # fmt: skip


def kind_open_to(actor: Actor, post_id: int, version: int, wanted: LookKind) -> LookKind | None:
    """As what this member may look at this version: as it was asked for, as an audit, or not at all."""
    for kind in (wanted, LookKind.AUDIT):
        query = _candidates(actor, kind).where(_post.c.id == post_id, _post.c.version == version)
        if db.session.execute(query).first() is not None:
            return kind
    return None


def counts(actor: Actor, kinds: tuple[LookKind, ...]) -> dict[LookKind, int]:
    """How many texts of each kind there are to look at, counted up to a hundred."""
    found = {}
    for kind in kinds:
        some = _candidates(actor, kind).order_by(None).limit(COUNTED + 1).subquery()
        found[kind] = db.session.scalar(select(func.count()).select_from(some)) or 0
    return found


def looked_today(actor: Actor) -> int:
    """Looks of the last 24 hours."""
    since = clock.now() - timedelta(days=1)
    query = select(func.count()).where(Look.member_id == actor.member_id, Look.looked_at >= since)
    return db.session.scalar(query) or 0


def record_of(member_id: int | None) -> Record:
    """How often somebody's looks of the last two months turned out right."""
    said_fine = Look.opinion == Opinion.FINE
    right = func.sum(case((said_fine == LookCase.proved_fine, 1), else_=0))
    row = db.session.execute(
        select(func.count(), right)
        .select_from(Look)
        .join(LookCase, LookCase.id == Look.case_id)
        .where(
            Look.member_id == member_id,
            Look.looked_at >= clock.now() - REMEMBERED,
            LookCase.proved_fine.is_not(None),
        )
    ).one()
    return Record(row[0], int(row[1] or 0))


def second_readings(since: datetime) -> dict[int, tuple[int, int]]:
    """By moderator: samples that super-users read a second time, and how often they agreed."""
    agreed = func.sum(case((LookCase.outcome == Opinion.FINE, 1), else_=0))
    rows = db.session.execute(
        select(ReviewDecision.actor_id, func.count(), agreed)
        .join(LookCase, LookCase.decision_id == ReviewDecision.id)
        .where(LookCase.outcome.is_not(None), ReviewDecision.decided_at >= since)
        .group_by(ReviewDecision.actor_id)
    )
    return {actor_id: (count, int(right or 0)) for actor_id, count, right in rows}
