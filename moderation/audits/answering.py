"""What a moderator decided about an audit: written down here and nowhere else, and told to nobody but them."""

from __future__ import annotations

from sqlalchemy import select

from common import clock
from common.db import db, update_where
from common.i18n import Sentence, _
from moderation.audits.models import Audit
from moderation.audits.rules import agrees
from moderation.review.models import UNLEASED, ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemState, Reason


def answer(item_id: int, made: Decision, reason: Reason | None, seconds: int | None) -> tuple[bool, Decision]:
    """Note a decision, inside the unit of work that closed the item; returns whether it agreed, and what is known. Nothing
    happens to the text, no statement is written, nobody is told, nothing is learned."""
    known = db.session.execute(
        select(Audit.id, ReviewDecision.decision)
        .join(ReviewDecision, ReviewDecision.id == Audit.source_id)
        .where(Audit.item_id == item_id)
    ).one()
    agreed = agrees(known.decision, made, reason)
    still = (Audit.id == known.id, Audit.decided_at.is_(None))
    update_where(Audit, *still, decision=made, agreed=agreed, seconds=seconds, decided_at=clock.now())
    return agreed, Decision(known.decision)


def leave(item_id: int) -> None:
    """An audit that was passed on ends without an answer: its text was decided about long ago."""
    update_where(ReviewItem, ReviewItem.id == item_id, state=ItemState.CANCELLED, open_key=None, **UNLEASED)


def said(item_id: int, agreed: bool, known: Sentence) -> Sentence:
    """What its moderator reads at once."""
    if agreed:
        return _(
            "#R-%(id)s was an item whose answer is known, and you decided as two people had before. Nothing happened to the text.",
            id=item_id,
        )
    return _(
        "#R-%(id)s was an item whose answer is known: two people had decided otherwise (%(known)s). It is worth another look. Nothing happened to the text, and nobody but you and a manager sees this.",
        id=item_id, known=known,
    )  # fmt: skip
