"""Reads for what is entrusted to members: their page of a thread, and the drafts of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.permissions import Actor
from common.text import excerpt, plain_from_html
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.entrusted.models import DraftState, OfficialDraft
from moderation.entrusted.permissions import can_hide
from rewards.ranks.mandates import delegated_category

POSTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post of the thread that its reader may hide."""

    id: int
    author: MemberCard
    excerpt: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A proposal for the official answer."""

    id: int
    author: MemberCard
    body: str
    at: datetime


def own_draft(actor: Actor, question_id: int) -> str:
    """What this member proposed and nobody has decided about yet."""
    mine = (
        OfficialDraft.question_id == question_id, OfficialDraft.author_id == actor.member_id,
        OfficialDraft.state == DraftState.WAITING,
    )  # fmt: skip
    return db.session.scalar(select(OfficialDraft.body).where(*mine)) or ""


def drafts_of(question_id: int) -> list[DraftView]:
    """Proposals that wait for the team. Two queries."""
    found = list(
        db.session.scalars(
            select(OfficialDraft)
            .where(OfficialDraft.question_id == question_id, OfficialDraft.state == DraftState.WAITING)
            .order_by(OfficialDraft.id)
            .limit(20)
        )
    )
    known = cards(one.author_id for one in found)
    return [DraftView(one.id, known[one.author_id], one.body, one.written_at) for one in found]


def hideable(actor: Actor, question: Question) -> list[PostLine]:
    """The published posts of a thread that a mentor of its category may hide, newest first. Three queries at most."""
    delegated = delegated_category(actor.member_id)
    if delegated is None or delegated != question.category_id:
        return []
    thread = (Post.id == question.id) | (Post.question_id == question.id)
    query = (
        select(Post)
        .where(thread, Post.state == PostState.PUBLISHED)
        .order_by(Post.id.desc())
        .limit(POSTS_SHOWN)
    )
    posts = list(db.session.scalars(query))
    known = cards(post.author_id for post in posts if post.author_id is not None)
    return [
        PostLine(post.id, author, excerpt(plain_from_html(post.body_html), 160), post.published_at)
        for post in posts
        if (author := known.get(post.author_id)) is not None
        and can_hide(actor, post, question.category_id, delegated, author.is_staff)
    ]
