"""Which questions were being carried to more people at a moment: for the points of who answers them then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from common.db import db
from moderation.escalation.models import StageRow
from moderation.escalation.rules import Stage


def experts_were_called(question_id: int, at: datetime) -> bool:
    """Whether a question had come to stage E3 or further by then (domain/rewards.md §A1.2, `answer.rescue`)."""
    r = StageRow
    reached = (r.question_id == question_id, r.stage != Stage.VISIBLE, r.recorded_at <= at)
    return db.session.scalar(select(r.id).where(*reached).limit(1)) is not None
