"""Reads of order: which questions belong together, where an old address leads, what was done and can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import cards
from common import text
from common.db import db
from common.errors import NotFound
from common.freshness import Shelf
from common.permissions import Actor
from forum.housekeeping.models import TidyAct
from forum.housekeeping.permissions import can_reopen, can_tidy
from forum.housekeeping.rules import ActType
from forum.pointing.permissions import can_point_out
from forum.questions.models import Post, PostLink, Question
from forum.questions.permissions import can_refile, is_own
from forum.questions.queries import OWN_STATES
from forum.questions.rules import LinkKind, PostKind, PostState

KIN_SHOWN = 8
EXCERPT = 280
POSTS_OFFERED = 200
ACTS_SHOWN = 20

_question, _post = Question.__table__, Post.__table__
_kept = Shelf(300)


# --- the menu of a post -----------------------------------------------------------------------------------------


def entries(actor: Actor, head: Any, post: Any) -> tuple[str, ...]:
    """What a reader may put in order from the menu of a question or an answer."""
    if post.kind != PostKind.QUESTION:
        return ("split",) if actor.is_staff and can_tidy(actor) else ()
    shut = head.closed_at is not None or head.locked_at is not None
    again = ("reopen",) if shut and can_reopen(actor, head) else ()
    if actor.is_staff:
        return ("tidy", *again) if can_tidy(actor) else ()
    trusted = not is_own(actor, head) and head.locked_at is None and actor.rank >= 4
    hint = ("hint",) if can_point_out(actor, head) else ()
    return (*hint, *(("refile",) if trusted and can_refile(actor, head) else ()), *again)


# --- kin --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KinLine:
    """A question that belongs to this one: ``how`` is duplicate, related or merged (then its address leads here)."""

    id: int
    slug: str
    title: str
    language: str
    how: str
    excerpt: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """What a page shows of questions that belong together. ``solution`` is how the original was solved."""

    lines: tuple[KinLine, ...] = ()
    solution: str = ""
    helper: Any = None
    answer_count: int = 0
    language: str = ""


NO_KIN = Kin()


def kin_of(head: Any, version: tuple[int, ...]) -> Kin:
    """The kin of a question, read once for each version of its page; most have none, and cost nothing."""
    if not (head.has_kin or head.duplicate_id):
        return NO_KIN
    return _kept.fetch((head.id, version), lambda: _kin(head))


def _kin(head: Any) -> Kin:
    lines = _lines(head.id) if head.has_kin else ()
    if not head.duplicate_id:
        return Kin(lines)
    answer = aliased(_post)
    row = db.session.execute(
        select(_question.c.answer_count, _post.c.language, func.substr(answer.c.body, 1, 2_000).label("body"), answer.c.author_id)
        .select_from(_question.join(_post, _post.c.id == _question.c.id))
        .outerjoin(
            answer,
            and_(
                answer.c.id == func.coalesce(_question.c.accepted_answer_id, _question.c.official_answer_id),
                answer.c.state == PostState.PUBLISHED,
            ),
        )
        .where(_question.c.id == head.duplicate_id)
    ).one()  # fmt: skip
    helper = cards([row.author_id])[row.author_id] if row.author_id else None
    return Kin(
        lines, text.excerpt(row.body, EXCERPT) if row.body else "", helper, row.answer_count, row.language
    )


def _lines(question_id: int) -> tuple[KinLine, ...]:
    here, there = PostLink.question_id, PostLink.linked_id
    tied = union(
        select(here.label("id"), PostLink.kind.label("how")).where(there == question_id),
        select(there, PostLink.kind).where(here == question_id, PostLink.kind == LinkKind.RELATED),
        select(_question.c.id, literal("merged")).where(_question.c.merged_into_id == question_id),
    ).subquery()
    merged = and_(tied.c.how == "merged", _post.c.state == PostState.MERGED)
    shown = or_(_post.c.state == PostState.PUBLISHED, merged)
    query = (
        select(
            tied.c.id, tied.c.how, _question.c.slug, _question.c.title, _post.c.language,
            func.substr(_post.c.body, 1, 1_000).label("body"),
            select(Member.is_mask).where(Member.id == _post.c.author_id).scalar_subquery().label("masked"),
        )
        .join(_question, _question.c.id == tied.c.id)
        .join(_post, _post.c.id == tied.c.id)
        .where(shown)
        .order_by(tied.c.how != "merged", _question.c.me_too_count.desc(), tied.c.id.desc())
        .limit(KIN_SHOWN)
    )  # fmt: skip
    return tuple(
        KinLine(
            row.id, row.slug, row.title, row.language, row.how,
            text.excerpt(row.body, EXCERPT) if row.how == "merged" else "", bool(row.masked),
        )
        for row in db.session.execute(query)
    )  # fmt: skip


def kin_ids(question_ids: Iterable[int]) -> list[int]:
    """Questions whose pages name one of these, in either direction."""
    ids = list(question_ids)
    q = _question.c
    query = union(
        select(PostLink.question_id).where(PostLink.linked_id.in_(ids)),
        select(PostLink.linked_id).where(PostLink.question_id.in_(ids)),
        select(q.duplicate_of_id).where(q.id.in_(ids), q.duplicate_of_id.is_not(None)),
        select(q.merged_into_id).where(q.id.in_(ids), q.merged_into_id.is_not(None)),
    )
    return list(db.session.scalars(query))


# --- old addresses ----------------------------------------------------------------------------------------------


def standing_id(question_id: int) -> int:
    """The question, or the one it was merged into."""
    q = Question
    onward = select(q.merged_into_id).where(q.id == question_id, q.state == PostState.MERGED)
    return db.session.scalar(onward) or question_id


def moved_to(actor: Actor, post_id: int, question_id: int) -> Any:
    """The head (id, slug) of the thread where a post stands that is not in this one any more, for those who may read both."""
    post, thread = aliased(_post), aliased(_post)
    query = (
        select(
            _question.c.id,
            _question.c.slug,
            post.c.state,
            post.c.author_id,
            thread.c.state.label("thread_state"),
        )
        .select_from(post)
        .join(thread, thread.c.id == func.coalesce(post.c.question_id, post.c.id))
        .join(_question, _question.c.id == thread.c.id)
        .where(post.c.id == post_id)
    )
    row = db.session.execute(query).first()
    if row is None or row.id == question_id or row.thread_state != PostState.PUBLISHED:
        return None
    own = row.author_id in actor.ids and row.state in OWN_STATES
    return row if row.state == PostState.PUBLISHED or own else None


# --- the page of order ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer or a comment that may be split off."""

    id: int
    kind: PostKind
    author: Any
    excerpt: str
    published_at: datetime
    stays: bool


def offered_posts(question: Question) -> list[Offered]:
    """Published texts of a thread in their order, comments under what they hang on."""
    kept = {question.accepted_answer_id, question.official_answer_id}
    place = func.coalesce(func.nullif(_post.c.parent_id, question.id), _post.c.id)
    query = (
        select(
            _post.c.id, _post.c.kind, _post.c.author_id, func.substr(_post.c.body, 1, 400).label("body"),
            _post.c.published_at, _post.c.is_official,
        )
        .where(_post.c.question_id == question.id, _post.c.state == PostState.PUBLISHED)
        .order_by(place, _post.c.id)
        .limit(POSTS_OFFERED)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    people = cards({row.author_id for row in rows if row.author_id})
    return [
        Offered(
            row.id, PostKind(row.kind), people[row.author_id], text.excerpt(row.body, 120), row.published_at,
            row.id in kept or bool(row.is_official),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """An act of order as a line; ``undoable`` while nobody has undone it and it has an opposite."""

    id: int
    kind: str
    question_id: int
    target_id: int | None
    title: str
    who: Any
    done_at: datetime
    undone_at: datetime | None
    note: str

    @property
    def undoable(self) -> bool:
        """Whether the line has a button."""
        return self.undone_at is None and self.kind not in (ActType.REOPEN, ActType.UNLOCK)


def acts_about(question_id: int) -> list[Done]:
    """The newest acts on a question, or that brought something to it."""
    here = or_(TidyAct.question_id == question_id, TidyAct.target_id == question_id)
    return _done(_acts().where(here).limit(ACTS_SHOWN))


def place_of(act_id: int) -> int:
    """The question to show when an act is undone: the one it was done to, or for a split where the texts return."""
    act = db.session.get(TidyAct, act_id)
    if act is None:
        raise NotFound()
    return act.target_id if act.kind == ActType.SPLIT and act.target_id else act.question_id


def acts_of(batch: str) -> list[Done]:
    """The acts of one go, in their order."""
    return _done(_acts().where(TidyAct.batch == batch).limit(400))


def _acts() -> Select[Any]:
    return (
        select(TidyAct, _question.c.title)
        .outerjoin(_question, _question.c.id == TidyAct.question_id)
        .order_by(TidyAct.id.desc())
    )


def _done(query: Select[Any]) -> list[Done]:
    rows = db.session.execute(query).all()
    people = cards({act.actor_id for act, _title in rows if act.actor_id})
    return [
        Done(
            act.id, ActType(act.kind).value, act.question_id, act.target_id, title or "",
            people[act.actor_id] if act.actor_id else None, act.done_at, act.undone_at, act.note,
        )
        for act, title in rows
    ]  # fmt: skip
