"""Reads of lines by hand, shaped for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from rewards.adjustments.models import Adjustment, AdjustmentState

PAGE_SIZE = 30
WAITING_SHOWN = 50
STATES: dict[str, Sentence] = {
    AdjustmentState.ASKED: _("waits for a second manager"),
    AdjustmentState.BOOKED: _("booked"),
    AdjustmentState.REFUSED: _("refused"),
}


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A line by hand. ``own``: the reader asked for it, so that somebody else has to agree."""

    id: int
    member: MemberCard
    reputation: int
    spendable: int
    reason: str
    state: str
    state_words: Sentence
    asked_by: MemberCard
    decided_by: MemberCard | None
    asked_at: datetime
    own: bool


def waiting_count(actor: Actor) -> int:
    """Lines that wait for this manager: those of others. One query."""
    others = Adjustment.asked_by_id.is_distinct_from(actor.member_id)
    waiting = Adjustment.state == AdjustmentState.ASKED
    return db.session.scalar(select(func.count()).where(waiting, others)) or 0


def waiting(actor: Actor) -> list[AdjustmentRow]:
    """What waits, the oldest first."""
    query = select(Adjustment).where(Adjustment.state == AdjustmentState.ASKED).order_by(Adjustment.id)
    return _rows(list(db.session.scalars(query.limit(WAITING_SHOWN))), actor)


def page(after: str) -> Page[AdjustmentRow]:
    """What was decided, the newest first."""
    a = Adjustment
    query = select(a).where(a.state != AdjustmentState.ASKED)
    found = page_of(
        list(db.session.scalars(keyset(query, a.asked_at, a.id, after, PAGE_SIZE))), PAGE_SIZE,
        lambda row: (row.asked_at, row.id),
    )  # fmt: skip
    return Page(_rows(found.items), found.next)


def _rows(found: list[Any], actor: Actor | None = None) -> list[AdjustmentRow]:
    known = cards({one for row in found for one in (row.member_id, row.asked_by_id, row.decided_by_id)})
    return [
        AdjustmentRow(
            row.id, known[row.member_id], row.reputation, row.spendable, row.reason, row.state, STATES[row.state],
            known[row.asked_by_id], known[row.decided_by_id] if row.decided_by_id else None, row.asked_at,
            actor is not None and row.asked_by_id == actor.member_id,
        )
        for row in found
    ]  # fmt: skip
