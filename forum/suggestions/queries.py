"""Suggested edits in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.lists import LARGEST, Page, page_of, read_mark
from common.permissions import Actor
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.rules import SuggestionState

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One line of a list."""

    id: int
    title: str
    kind: str
    reason: str
    state: str
    created_at: datetime
    member: MemberCard


def waiting(actor: Actor, after: str = "") -> Page[SuggestionRow]:
    """Open suggestions that the actor, a reviewer, may decide about; the oldest first."""
    query = _open_for(actor)
    if at := read_mark(after):
        query = query.where(SuggestedEdit.id > min(at[1], LARGEST))
    return _page(query.order_by(SuggestedEdit.id))


def waiting_count(actor: Actor) -> int:
    """How many there are; counted up to a hundred."""
    some = _open_for(actor).with_only_columns(SuggestedEdit.id).limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def own_suggestions(actor: Actor, after: str = "") -> Page[SuggestionRow]:
    """What the actor suggested, the newest first."""
    query = _rows().where(SuggestedEdit.member_id == actor.member_id)
    if at := read_mark(after):
        query = query.where(SuggestedEdit.id < min(at[1], LARGEST))
    return _page(query.order_by(SuggestedEdit.id.desc()))


def open_suggestion_of(post_id: int) -> int | None:
    """The id of the open suggestion for a post."""
    query = select(SuggestedEdit.id).where(
        SuggestedEdit.post_id == post_id, SuggestedEdit.state == SuggestionState.OPEN
    )
    return db.session.scalar(query)


# Made once: an alias of so many columns takes longer to make than its rows to read.
_POST, _THREAD = aliased(Post.__table__), aliased(Post.__table__)


def _rows() -> Select[Any]:
    """Suggestions for what everybody may read."""
    post, question, thread = _POST, Question.__table__, _THREAD
    thread_id = func.coalesce(post.c.question_id, post.c.id)
    published = exists().where(thread.c.id == thread_id, thread.c.state == PostState.PUBLISHED)
    return (
        select(
            SuggestedEdit.id, question.c.title, post.c.kind, SuggestedEdit.reason, SuggestedEdit.state,
            SuggestedEdit.created_at, SuggestedEdit.member_id,
        )
        .join(post, post.c.id == SuggestedEdit.post_id)
        .join(question, question.c.id == thread_id)
        .where(post.c.state == PostState.PUBLISHED, published)
    )  # fmt: skip


def _open_for(actor: Actor) -> Select[Any]:
    query = _rows().where(
        SuggestedEdit.state == SuggestionState.OPEN, SuggestedEdit.member_id != actor.member_id
    )
    if not actor.can_moderate:
        query = query.where(SuggestedEdit.held.is_(False))
    return query


def _page(query: Select[Any]) -> Page[SuggestionRow]:
    rows = list(db.session.execute(query.limit(PAGE_SIZE + 1)))
    found = page_of(rows, PAGE_SIZE, lambda row: (0, row.id))
    people = cards(row.member_id for row in found.items)
    return Page([_row(row, people[row.member_id]) for row in found.items], found.next)


def _row(row: Any, member: MemberCard) -> SuggestionRow:
    return SuggestionRow(row.id, row.title, row.kind, row.reason, row.state, row.created_at, member)


def is_offered(actor: Actor, words: str) -> bool:
    """Whether words stand in a suggestion that waits for this author of the text."""
    to_me = select(SuggestedEdit.id).join(Post, Post.id == SuggestedEdit.post_id).where(
        Post.author_id.in_(actor.ids), SuggestedEdit.state == SuggestionState.OPEN, SuggestedEdit.body.contains(words, autoescape=True)
    )  # fmt: skip
    return db.session.scalar(to_me.limit(1)) is not None
