"""After an import: points at their own dates, then ranks and badges, without telling anybody."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from accounts.members.models import Member
from common.db import db
from forum.importers.booking import Fact
from forum.questions.models import Post
from forum.questions.rules import PostState
from rewards.badges.awarding import award_everybody
from rewards.ledger.importing import book_imported
from rewards.ranks.models import Why
from rewards.ranks.ranking import rank_members
from rewards.ranks.rules import TOP


def book(facts: Iterable[Fact]) -> None:
    """Fill the port of the importers: book every fact once, then compute what follows from them."""
    book_imported(facts)
    wrote = select(Post.id).where(Post.author_id == Member.id, Post.state == PostState.PUBLISHED).exists()
    members = db.session.scalars(
        select(Member.id).where(Member.rank < TOP, or_(wrote, Member.rank > 0))
    ).all()
    db.session.rollback()
    rank_members(members, Why.IMPORTED)
    award_everybody(quietly=True)
