"""Reads of the ladder and the cases, shaped for the desk's pages and for the public line on a question."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from moderation.escalation.models import Ladder


def overdue(after: timedelta) -> int:
    """Questions the sweep should have looked at longer ago than this."""
    return db.session.scalar(select(func.count()).where(Ladder.due_at < clock.now() - after)) or 0


def failing() -> int:
    """Questions whose step failed and was pushed back."""
    return db.session.scalar(select(func.count()).where(Ladder.failure_count > 0)) or 0
