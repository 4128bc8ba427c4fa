"""Reads of reports for the member who sent them: what waits, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

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
    """One's own report; ``excerpt`` only while everybody can read the text. ``joined``: nobody took it back, a later one of the
    same waits in its place."""

    flag: Flag
    excerpt: str
    language: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Own:
    """The page of one's own reports."""

    page: Page[Sent]
    profiles: list[tuple[ProfileReport, bool]]
    is_muted: bool
    measure: FlagMeasure | None


def own_reports(actor: Actor, after: str | None) -> Own:
    """What a member reported, the newest first."""
    me = actor.member_id or 0
    query = (
        select(
            Flag, Post.state, Post.body_html, Post.language, _joined(Flag, "post_id", "flagger_id", "reason")
        )
        .join(Post, Post.id == Flag.post_id)
        .where(Flag.flagger_id == me)
    )
    rows = db.session.execute(keyset(query, Flag.created_at, Flag.id, after, SIZE)).all()
    sent = [
        Sent(
            flag,
            text.excerpt(text.plain_from_html(html), 160) if state == PostState.PUBLISHED else "",
            spoken,
            joined,
        )
        for flag, state, html, spoken, joined in rows
    ]
    joins = _joined(ProfileReport, "member_id", "reporter_id")
    profiles = (
        select(ProfileReport, joins)
        .where(ProfileReport.reporter_id == me)
        .order_by(ProfileReport.id.desc())
        .limit(20)
    )
    latest = measures_of(me)[:1]
    return Own(
        page_of(sent, SIZE, lambda one: (one.flag.created_at, one.flag.id)), 
        [(one, joined) for one, joined in db.session.execute(profiles)], bool(muted([me])), latest[0] if latest else None,
    )  # fmt: skip


def _joined(model: Any, *alike: str) -> ColumnElement[bool]:
    """The criterion: it came back after an undo when the same person had reported the same anew, so that later one alone waits
    (``settling.reopen``). What somebody takes back has no later one yet."""
    later = aliased(model)
    same = (getattr(later, name) == getattr(model, name) for name in alike)
    found = select(later.id).where(*same, later.id > model.id, later.created_at < model.withdrawn_at)
    return found.exists()


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
