"""Reads of legal notices: their page, the desk's list, what an item of the queue shows, the figures of a year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common import text
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from common.quantiles import median
from forum.content.guides.models import Guide
from forum.content.guides.queries import published
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.legal_notices.models import ABOUT, LegalNotice, TrustedFlagger
from moderation.legal_notices.rules import SUBJECTS, NoticeOutcome, NoticeState, Subject
from moderation.profile_reports.queries import reported
from moderation.review.models import ReviewItem

LIST_SIZE = 30
SHOWN_ON_ITEM = 20


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The page of a notice: what its sender reads. ``excerpt`` only while everybody can read the text."""

    notice: LegalNotice
    excerpt: str
    title: str


def view_of(notice: LegalNotice) -> NoticeView:
    """What the page of a notice shows."""
    if notice.profile_id is not None:
        member = reported(notice.profile_id)
        return NoticeView(notice, member.bio or "" if member else "", member.display_name if member else "")
    if notice.guide_id is not None:
        guide = published(notice.guide_id)
        said = text.excerpt(text.plain_from_markdown(guide.body), 300) if guide else ""
        return NoticeView(notice, said, guide.title if guide else "")
    post = db.session.get(Post, notice.post_id)
    if post is None or post.state != PostState.PUBLISHED:
        return NoticeView(notice, "", "")
    return NoticeView(notice, text.excerpt(text.plain_from_html(post.body_html), 300), post.heading or "")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as moderators see it: no mailbox, and no name where the reader wrote the text."""

    notice: LegalNotice
    name: str
    trusted: str


def about_item(actor: Actor, item: Any) -> list[Told]:
    """The notices behind an item of the queue; none for the text's own author, whatever the work, and no name for who
    moderates only a part."""
    subject = SUBJECTS.get(item.kind, Subject.POST)
    target_id = item.post_id if subject == Subject.POST else item.target_id
    if target_id is None or item.author_id in actor.ids or "legal_notice" not in item.signals:
        return []
    about = ABOUT[subject] == target_id
    here = (LegalNotice.state == NoticeState.RECEIVED) | (LegalNotice.item_id == item.id)
    told = _told(
        select(LegalNotice, TrustedFlagger.name)
        .outerjoin(TrustedFlagger, TrustedFlagger.id == LegalNotice.trusted_id)
        .where(about, here, LegalNotice.state != NoticeState.WAITING)
        .order_by(LegalNotice.id)
        .limit(SHOWN_ON_ITEM)
    )
    return told if actor.can_moderate else [replace(one, name="") for one in told]


def listed(actor: Actor, state: str, after: str | None) -> Page[Told]:
    """All notices, the newest first; those about a text, the profile or a guide of the reader are left out."""
    query = (
        select(LegalNotice, TrustedFlagger.name)
        .outerjoin(TrustedFlagger, TrustedFlagger.id == LegalNotice.trusted_id)
        .outerjoin(Post, Post.id == LegalNotice.post_id)
        .outerjoin(Guide, Guide.id == LegalNotice.guide_id)
        .where(Post.author_id.is_(None) | Post.author_id.not_in(actor.ids))
        .where(Guide.author_id.is_(None) | Guide.author_id.not_in(actor.ids))
        .where(LegalNotice.profile_id.is_(None) | LegalNotice.profile_id.not_in(actor.ids))
    )
    if state in {one.value for one in NoticeState}:
        query = query.where(LegalNotice.state == state)
    rows = _told(keyset(query, LegalNotice.created_at, LegalNotice.id, after, LIST_SIZE))
    return page_of(rows, LIST_SIZE, lambda told: (told.notice.created_at, told.notice.id))


def _told(query: Any) -> list[Told]:
    return [Told(notice, notice.name, trusted or "") for notice, trusted in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Counted:
    """Notices of a span of time, for the yearly report (articles 15 and 24): how many were received, by ground, from
    trusted flaggers and of each outcome; how many were decided by automatic means (never any); the median time."""

    received: int
    trusted: int
    by_ground: dict[str, int]
    trusted_by_ground: dict[str, int]
    by_outcome: dict[str, int]
    contested: int
    turned: int
    automatic: int
    median_time: timedelta | None


def counted(since: datetime, until: datetime) -> Counted:
    """The notices received from ``since`` on and before ``until``."""
    rows = db.session.execute(
        select(
            LegalNotice.ground, LegalNotice.outcome, LegalNotice.trusted_id, LegalNotice.received_at,
            LegalNotice.decided_at, LegalNotice.contested_at, LegalNotice.flipped_at,
        ).where(LegalNotice.received_at >= since, LegalNotice.received_at < until)
    ).all()  # fmt: skip
    times = [row.decided_at - row.received_at for row in rows if row.decided_at and row.outcome]
    return Counted(
        received=len(rows),
        trusted=sum(row.trusted_id is not None for row in rows),
        by_ground=dict(Counter(row.ground.value for row in rows)),
        trusted_by_ground=dict(Counter(row.ground.value for row in rows if row.trusted_id is not None)),
        by_outcome=dict(Counter(NoticeOutcome(row.outcome).value for row in rows if row.outcome)),
        contested=sum(row.contested_at is not None for row in rows),
        turned=sum(row.flipped_at is not None for row in rows),
        automatic=0,
        median_time=median(times),
    )


def item_of(notice: LegalNotice) -> ReviewItem | None:
    """The item of the queue a notice belongs to."""
    return db.session.get(ReviewItem, notice.item_id) if notice.item_id else None
