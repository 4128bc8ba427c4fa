"""The notes on a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.permissions import Actor
from moderation.notes.models import MemberNote
from moderation.notes.permissions import can_note

SHOWN = 50


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as the member's file shows it."""

    id: int
    body: str
    author: MemberCard
    at: datetime
    removable: bool


def notes_on(actor: Actor, member_id: int) -> list[NoteView]:
    """What the team noted about a member, newest first; nothing for others, nor about oneself."""
    if not can_note(actor) or actor.member_id == member_id:
        return []
    rows = db.session.scalars(
        select(MemberNote)
        .where(MemberNote.member_id == member_id, MemberNote.withdrawn_at.is_(None))
        .order_by(MemberNote.id.desc())
        .limit(SHOWN)
    ).all()
    people = cards(row.author_id for row in rows)
    return [
        NoteView(
            row.id, row.body, people[row.author_id], row.created_at,
            actor.is_manager or row.author_id == actor.member_id,
        )
        for row in rows
    ]  # fmt: skip
