"""Reads of duplicates that members pointed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.lists import LARGEST, Page, page_of, read_mark
from common.permissions import Actor
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.questions.models import Post, Question
from forum.questions.rules import PostState

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class HintRow:
    """A hint beside the two questions."""

    id: int
    words: str
    state: HintState
    made_at: datetime
    member: MemberCard
    question: Any
    original: Any


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two questions."""

    id: int
    title: str
    slug: str
    language: str
    help_state: str


def waiting(actor: Actor, after: str = "") -> Page[HintRow]:
    """Open hints somebody else made, about what everybody may read; the oldest first."""
    query = _waiting(actor)
    if at := read_mark(after):
        query = query.where(DuplicateHint.id > min(at[1], LARGEST))
    return _page(query.order_by(DuplicateHint.id))


def own_hints(actor: Actor, after: str = "") -> Page[HintRow]:
    """What the actor pointed out, the newest first."""
    query = _rows().where(DuplicateHint.member_id == actor.member_id)
    if at := read_mark(after):
        query = query.where(DuplicateHint.id < min(at[1], LARGEST))
    return _page(query.order_by(DuplicateHint.id.desc()))


def waiting_count(actor: Actor) -> int:
    """How many wait; counted up to a hundred."""
    some = _waiting(actor).with_only_columns(DuplicateHint.id).limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _waiting(actor: Actor) -> Select[Any]:
    others = DuplicateHint.member_id.is_distinct_from(actor.member_id)
    return _rows().where(DuplicateHint.state == HintState.OPEN, others)


# Made once: an alias of so many columns takes longer to make than its rows to read.
_OTHER, _OTHER_POST = aliased(Question.__table__), aliased(Post.__table__)


def _rows() -> Select[Any]:
    question, post, other, other_post = Question.__table__, Post.__table__, _OTHER, _OTHER_POST
    shown = (post.c.state == PostState.PUBLISHED, other_post.c.state == PostState.PUBLISHED)
    return (
        select(
            DuplicateHint, question.c.title, question.c.slug, post.c.language, question.c.help_state,
            other.c.title.label("other_title"), other.c.slug.label("other_slug"),
            other_post.c.language.label("other_language"), other.c.help_state.label("other_state"),
        )
        .join(question, question.c.id == DuplicateHint.question_id)
        .join(post, post.c.id == DuplicateHint.question_id)
        .join(other, other.c.id == DuplicateHint.original_id)
        .join(other_post, other_post.c.id == DuplicateHint.original_id)
        .where(*shown)
    )  # fmt: skip


def _page(query: Select[Any]) -> Page[HintRow]:
    found = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    page = page_of(list(found), PAGE_SIZE, lambda row: (0, row.DuplicateHint.id))
    people = cards(row.DuplicateHint.member_id for row in page.items)
    return Page([_row(row, people) for row in page.items], page.next)


def _row(row: Any, people: Any) -> HintRow:
    hint = row.DuplicateHint
    one = Side(hint.question_id, row.title, row.slug, row.language, str(row.help_state))
    other = Side(hint.original_id, row.other_title, row.other_slug, row.other_language, str(row.other_state))
    return HintRow(hint.id, hint.words, hint.state, hint.made_at, people[hint.member_id], one, other)
