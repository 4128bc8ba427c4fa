"""Walk all questions that a sweep concerns, some hundreds at a time, so that no crowd of them keeps the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select

from common import jobs
from common.db import db
from forum.questions.models import Question

log = logging.getLogger("fourmi.forum")

BATCH = 500


def walk(due: Select[*tuple[Any, ...]], settle: Callable[[Any], bool]) -> int:
    """Settle each row of a query that has a question's ``id``, in the order of their ids; returns how many were settled.

    Each is settled in a unit of work of its own. One that fails is named in the log and holds nobody up: the next sweep
    meets it again. Between two of them, what comes back every minute has its turn.
    """
    last = done = 0
    while rows := db.session.execute(due.where(Question.id > last).order_by(Question.id).limit(BATCH)).all():
        db.session.rollback()
        for row in rows:
            done += _settled(row, settle)
            jobs.give_way()
        last = rows[-1].id
    db.session.rollback()
    return done


def _settled(row: Any, settle: Callable[[Any], bool]) -> bool:
    try:
        return bool(settle(row))
    except Exception:
        db.session.rollback()
        log.exception("question %s could not be settled by a sweep", row.id)
        return False
