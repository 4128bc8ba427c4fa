"""Reads of reports for the member who sent them: what waits, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from common import text
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.flags.misuse import measures_of, muted
from moderation.flags.models import Flag, FlagMeasure
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import NoticeState
from moderation.profile_reports.models import ProfileReport

SIZE = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """One's own report; ``excerpt`` only while everybody can read the text."""

    flag: Flag
    excerpt: str
    language: str


@dataclass(frozen=True, slots=True)
class Own:
    """The page of one's own reports."""

    page: Page[Sent]
    profiles: list[ProfileReport]
    is_muted: bool
    measure: FlagMeasure | None


def own_reports(actor: Actor, after: str | None) -> Own:
    """What a member reported, the newest first."""
    me = actor.member_id or 0
    query = (
        select(Flag, Post.state, Post.body_html, Post.language)
        .join(Post, Post.id == Flag.post_id)
        .where(Flag.flagger_id == me)
    )
    rows = db.session.execute(keyset(query, Flag.created_at, Flag.id, after, SIZE)).all()
    sent = [
        Sent(
            flag,
            text.excerpt(text.plain_from_html(html), 160) if state == PostState.PUBLISHED else "",
            spoken,
        )
        for flag, state, html, spoken in rows
    ]
    profiles = select(ProfileReport).where(ProfileReport.reporter_id == me).order_by(ProfileReport.id.desc())
    latest = measures_of(me)[:1]
    return Own(
        page_of(sent, SIZE, lambda one: (one.flag.created_at, one.flag.id)), list(db.session.scalars(profiles.limit(20))),
        bool(muted([me])), latest[0] if latest else None,
    )  # fmt: skip


def active_reasons(actor: Actor, post_id: int) -> list[str]:
    """The reasons for which one's reports of a post wait."""
    query = select(Flag.reason).where(
        Flag.post_id == post_id, Flag.flagger_id == actor.member_id, Flag.active_key.is_not(None)
    )
    return [str(reason.value) for reason in db.session.scalars(query)]


def notices_waiting() -> int:
    """How many legal notices wait."""
    notices = select(func.count()).select_from(LegalNotice).where(LegalNotice.state == NoticeState.RECEIVED)
    return db.session.scalar(notices) or 0
