"""Reads of restrictions: a member's file, a statement's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import or_, select

from accounts.masks.queries import is_of
from accounts.members.models import Member
from accounts.members.queries import Cards, cards
from accounts.members.rules import email_key
from common import clock
from common.db import db
from common.errors import NotFound
from common.lists import Page, keyset, page_of
from common.permissions import Actor, Verdict
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.flags.flagging import standings
from moderation.flags.rules import Standing
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.sanctions.appealing import is_over, of_statement
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd
from moderation.sanctions.permissions import can_appeal
from moderation.sanctions.rules import SanctionState
from moderation.sanctions.wording import parts_of

PEOPLE = 40


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement's page: its parts in words, the text while it is kept, and what can be done."""

    statement: Statement
    parts: dict[str, list[Any]]
    title: str
    html: Markup
    ended: str
    appeal: Appeal | None
    may_appeal: Verdict
    answer_by: datetime | None


def statement_view(actor: Actor, statement: Statement) -> StatementView:
    """Everything the page of a decision shows."""
    post = db.session.get(Post, statement.post_id) if statement.post_id else None
    titled = db.session.get(Post, post.thread_id) if post is not None else None
    kept = post is not None and post.state not in (PostState.WITHDRAWN,)
    how = db.session.scalar(select(StatementEnd.how).where(StatementEnd.statement_id == statement.id))
    appeal = of_statement(statement.id)
    return StatementView(
        statement, parts_of(statement), (titled.heading or "") if titled and kept else "",
        Markup(post.body_html if post and kept else ""), how.value if how else "", appeal,  # noqa: S704 - rendered by common.text
        can_appeal(actor, statement, is_over(statement.id), appeal is not None),
        _answer_by(appeal),
    )  # fmt: skip


def _answer_by(appeal: Appeal | None) -> datetime | None:
    item = db.session.get(ReviewItem, appeal.item_id) if appeal is not None and appeal.item_id else None
    return item.due_at if item is not None else None


@dataclass(frozen=True, slots=True)
class File:
    """A member's file at the desk."""

    member: Member
    sanctions: list[Sanction]
    statements: list[tuple[Statement, str]]
    decisions: list[tuple[ReviewDecision, bool]]
    standing: Standing
    people: Cards
    is_active: dict[int, bool]


def file_of(member_id: int) -> File:
    """Everything the desk knows of a member's conduct. Raises :class:`NotFound`."""
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotFound()
    now = clock.now()
    sanctions = list(
        db.session.scalars(
            select(Sanction).where(Sanction.member_id == member_id).order_by(Sanction.id.desc()).limit(50)
        )
    )
    statements = db.session.execute(
        select(Statement, StatementEnd.how)
        .outerjoin(StatementEnd, StatementEnd.statement_id == Statement.id)
        .where(Statement.member_id == member_id)
        .order_by(Statement.id.desc())
        .limit(50)
    ).all()
    decisions = db.session.execute(
        select(ReviewDecision, DecisionUndo.id)
        .join(Post, Post.id == ReviewDecision.post_id)
        .outerjoin(DecisionUndo, DecisionUndo.decision_id == ReviewDecision.id)
        .where(is_of(Post.author_id, member_id))
        .order_by(ReviewDecision.id.desc())
        .limit(50)
    ).all()
    people = cards({s.actor_id for s in sanctions} | {d.actor_id for d, _undone in decisions})
    active = {s.id: s.state == SanctionState.ACTIVE and s.ends_at > now for s in sanctions}
    return File(
        member, sanctions, [(s, how.value if how else "") for s, how in statements],
        [(d, undone is not None) for d, undone in decisions], standings([member_id])[member_id], people, active,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the list of members."""

    id: int
    name: str
    role: str
    rank: int
    joined_at: datetime
    is_silenced: bool
    is_suspended: bool


def people(words: str, after: str | None) -> Page[Person]:
    """Members by name or address, the newest first."""
    query = select(Member).where(Member.closed_at.is_(None))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(Member.display_name.ilike(like), Member.email_key == email_key(words)))
    found = list(db.session.scalars(keyset(query, Member.joined_at, Member.id, after, PEOPLE)))
    page = page_of(found, PEOPLE, lambda member: (member.joined_at, member.id))
    now = clock.now()
    rows = [
        Person(
            m.id, m.display_name, str(m.role), m.rank, m.joined_at, m.silenced_until is not None and m.silenced_until > now,
            m.suspended_until is not None and m.suspended_until > now,
        )
        for m in page.items
    ]  # fmt: skip
    return Page(rows, page.next)
