"""What a member reads about being asked, and what managers read about how the invitations are spread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.i18n import Sentence
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.experts.asking.courtesy_rules import InvitationState, top_share
from moderation.experts.asking.reasons import reason
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertWish

SHOWN = 50
SPREAD_DAYS = 90


@dataclass(frozen=True, slots=True)
class Asked:
    """An open invitation as its member reads it."""

    id: int
    question_id: int
    slug: str
    title: str
    language: str
    category_id: int
    invited_at: datetime
    lapses_at: datetime
    why: Sentence | str


@dataclass(frozen=True, slots=True)
class Wishes:
    """A member's wishes, as the page shows them."""

    wanted: bool = False
    at_night: bool = False
    away_until: datetime | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Muted:
    """A category a member is not asked about, for good where ``until`` is empty."""

    category_id: int
    name: Sentence | str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How the invitations of the last 90 days are spread. ``rows``: the most asked, with asked and answered."""

    invitations: int
    members: int
    willing: int
    answered: int
    explored: int
    share: float
    rows: tuple[tuple[MemberCard, int, int], ...]


def wishes_of(member_id: int) -> Wishes:
    """What a member wishes; what is over does not show."""
    row = db.session.get(ExpertWish, member_id, populate_existing=True)
    return (
        Wishes(row.wanted, row.at_night, _ahead(row.away_until), _ahead(row.paused_until))
        if row
        else Wishes()
    )


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment and moment > clock.now() else None


def open_of(member_id: int) -> list[Asked]:
    """What a member is asked just now, as far as it is published, the newest first."""
    i, question, post = ExpertInvitation, Question.__table__, Post.__table__
    query = (
        select(
            i.id, i.question_id, question.c.slug, question.c.title, post.c.language, i.category_id, i.invited_at,
            i.lapses_at, i.why, i.topic, i.count.label("times"),
        )
        .join(question, question.c.id == i.question_id)
        .join(post, post.c.id == question.c.id)
        .where(i.member_id == member_id, i.state == InvitationState.OPEN, post.c.state == PostState.PUBLISHED)
        .order_by(i.invited_at.desc(), i.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    return [Asked(*row[:8], why=reason(row.why, row.topic, row.times)) for row in db.session.execute(query)]


def muted_of(member_id: int) -> list[Muted]:
    """The categories a member is not asked about."""
    lasting = or_(ExpertMute.until.is_(None), ExpertMute.until > clock.now())
    query = select(ExpertMute.category_id, ExpertMute.until).where(ExpertMute.member_id == member_id, lasting)
    known = categories_by_id()
    return [
        Muted(category_id, known[category_id].name, until)
        for category_id, until in db.session.execute(query.order_by(ExpertMute.category_id).limit(SHOWN))
        if category_id in known
    ]


def counts_since(since: datetime) -> Mapping[int, int]:
    """Member → invitations since a moment."""
    query = select(ExpertInvitation.member_id, func.count()).where(ExpertInvitation.invited_at > since)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(ExpertInvitation.member_id))}


def willing_count() -> int:
    """Members who want to be asked."""
    return db.session.scalar(select(func.count()).where(ExpertWish.wanted)) or 0


def spread() -> Spread:
    """How the invitations of the last 90 days are spread."""
    since = clock.now() - timedelta(days=SPREAD_DAYS)
    counts, willing = counts_since(since), willing_count()
    i = ExpertInvitation
    answered = func.count().filter(i.state == InvitationState.ANSWERED)
    explored = func.count().filter(i.explored)
    sums = db.session.execute(select(answered, explored).where(i.invited_at > since)).one()
    first = sorted(counts, key=lambda one: (-counts[one], one))[:SHOWN]
    by_member = select(i.member_id, answered).where(i.invited_at > since, i.member_id.in_(first))
    helped = {row[0]: row[1] for row in db.session.execute(by_member.group_by(i.member_id))}
    people = cards(first)
    rows = tuple((people[one], counts[one], helped.get(one, 0)) for one in first)
    share = top_share(counts, willing)
    return Spread(sum(counts.values()), len(counts), willing, sums[0], sums[1], share, rows)


def asked_about(question_id: int) -> list[tuple[MemberCard, InvitationState, datetime]]:
    """Who was asked about a question, and what became of it, the newest first. Two statements."""
    i = ExpertInvitation
    query = select(i.member_id, i.state, i.invited_at).where(i.question_id == question_id)
    rows = db.session.execute(query.order_by(i.invited_at.desc(), i.id.desc()).limit(SHOWN)).all()
    people = cards(row.member_id for row in rows)
    return [(people[row.member_id], row.state, row.invited_at) for row in rows]


def asked_counts(question_ids: Collection[int]) -> Mapping[int, int]:
    """Question → how many experts were asked about it. One statement."""
    i = ExpertInvitation
    query = select(i.question_id, func.count()).where(i.question_id.in_(question_ids)).group_by(i.question_id)
    return {row[0]: row[1] for row in db.session.execute(query)} if question_ids else {}
