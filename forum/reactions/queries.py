"""Who gave a post its thumbs-up, for members who ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.messages.queries import not_blocking
from common.db import db
from common.lists import keyset, page_of
from common.permissions import Actor
from forum.questions.models import Kudos, Post

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Giver:
    """A member and when they gave it."""

    card: MemberCard
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Givers:
    """A part of the list, the newest first. ``unnamed``: how many more gave one whom nobody is told of."""

    items: list[Giver]
    next: str | None
    unnamed: int


def givers(actor: Actor, post: Post, after: str = "") -> Givers:
    """Who gave a post that the actor may read its thumbs-up.

    Counted and not named: members with a private profile, under a mask or gone, those who blocked the actor, and
    thumbs-up that came with an import.
    """
    shown = (
        Kudos.post_id == post.id, Kudos.withdrawn_at.is_(None), Member.closed_at.is_(None),
        Member.is_private.is_(False), Member.is_mask.is_(False), not_blocking(Member.id, actor.member_id),
    )  # fmt: skip
    named = (
        select(Kudos.id, Kudos.member_id, Kudos.given_at)
        .join(Member, Member.id == Kudos.member_id)
        .where(*shown)
    )
    rows = list(db.session.execute(keyset(named, Kudos.given_at, Kudos.id, after, PAGE_SIZE)))
    page = page_of(rows, PAGE_SIZE, lambda row: (row.given_at, row.id))
    count = db.session.scalar(select(func.count()).select_from(named.subquery())) or 0
    people = cards(row.member_id for row in page.items)
    items = [Giver(people[row.member_id], row.given_at) for row in page.items]
    return Givers(items, page.next, max(0, post.kudos_count - count))
