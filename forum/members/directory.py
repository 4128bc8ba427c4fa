"""The directory: members who took part, by rank, or by the beginning of a name. Who is private is not in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import NAME_MAX, name_key
from common.db import db
from common.lists import Page, keyset, page_of
from forum.questions.models import Post, Question
from forum.questions.rules import PostState

PAGE_SIZE = 30
_post, _question = Post.__table__, Question.__table__


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the directory."""

    card: MemberCard
    solutions: int


def directory(name: str = "", after: str = "") -> Page[Listed]:
    """Members whose account is open and who published something; the highest rank first, then the newest."""
    took_part = (
        select(_post.c.id)
        .where(_post.c.author_id == Member.id, _post.c.state == PostState.PUBLISHED)
        .exists()
    )
    query = select(Member.id, Member.rank).where(
        Member.closed_at.is_(None), Member.is_private.is_(False), took_part
    )
    key = name_key(name.strip()[:NAME_MAX])
    if key:
        query = query.where(Member.name_key.startswith(key, autoescape=True))
    rows = db.session.execute(keyset(query, Member.rank, Member.id, after, PAGE_SIZE, by_time=False)).all()
    found = page_of(list(rows), PAGE_SIZE, lambda row: (row.rank, row.id))
    people, solved = cards(row.id for row in found.items), _solutions([row.id for row in found.items])
    return Page([Listed(people[row.id], solved.get(row.id, 0)) for row in found.items], found.next)


def _solutions(member_ids: list[int]) -> dict[int, int]:
    query = (
        select(_post.c.author_id, func.count())
        .select_from(_post.join(_question, _question.c.accepted_answer_id == _post.c.id))
        .where(_post.c.author_id.in_(member_ids), _post.c.state == PostState.PUBLISHED)
        .group_by(_post.c.author_id)
    )
    return dict(db.session.execute(query).tuples().all()) if member_ids else {}
