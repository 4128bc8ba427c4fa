"""The history of a post, shaped for its page: who changed what, and why.

What was never public, or was taken away, is not among the versions (design/UX.md §4 page 9, domain/moderation.md §B1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.permissions import Actor
from forum.questions.models import Post, Revision
from forum.questions.permissions import is_own
from forum.revisions.differences import Change, Segment, differences, folded

VERSIONS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One version, and how it differs from the one before that the reader may see."""

    version: int
    editor: MemberCard
    created_at: datetime
    reason: str
    title: tuple[Segment, ...]
    body: tuple[Segment, ...]
    withheld: bool


def history_of(actor: Actor, post: Post) -> tuple[list[Step], bool]:
    """The newest versions, newest first, and whether there are older ones."""
    found = _readable(actor, post)
    shown, more = found[:VERSIONS_SHOWN], len(found) > VERSIONS_SHOWN
    editors = cards(one.editor_id for one in shown)
    before = [*found[1 : VERSIONS_SHOWN + 1], None]
    steps = [
        Step(
            new.version, editors[new.editor_id], new.created_at, new.reason,
            changes(old.title if old else None, new.title), changes(old.body if old else None, new.body),
            new.withheld_at is not None,
        )
        for new, old in zip(shown, before, strict=False)
    ]  # fmt: skip
    return steps, more


def version_of(actor: Actor, post: Post, version: int) -> Revision | None:
    """One version, when the actor may read it."""
    query = _versions(actor, post).where(Revision.version == version)
    return db.session.scalar(query)


def changes(old: str | None, new: str | None) -> tuple[Segment, ...]:
    """What changed, long unchanged passages left out; all of it where there is nothing to compare with."""
    if not new:
        return ()
    return (Segment(Change.SAME, new),) if old is None else folded(differences(old, new))


def _readable(actor: Actor, post: Post) -> list[Revision]:
    query = _versions(actor, post).order_by(Revision.version.desc()).limit(VERSIONS_SHOWN + 1)
    return list(db.session.scalars(query))


def _versions(actor: Actor, post: Post):
    query = select(Revision).where(Revision.post_id == post.id)
    if actor.can_moderate:
        return query
    if is_own(actor, post):
        return query.where(Revision.withheld_by_id.is_(None))
    return query.where(Revision.withheld_at.is_(None))
