"""How urgent a question is, over time: computed anew when something happens and every quarter of an hour, or overruled.

Another priority means another target from the same start (`domain/escalation.md §C1.5`).
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from common import audit, clock
from common.db import db, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.escalation import casework, clocks, priority_rules
from moderation.escalation.laddering import advance, aim, load, lock
from moderation.escalation.models import Case, Ladder
from moderation.escalation.permissions import can_set_priority
from moderation.escalation.rules import Priority
from moderation.escalation.sla_rules import Metric
from moderation.targets import promises

log = logging.getLogger("fourmi.escalation")


def rescore(question_id: int) -> Priority | None:
    """Compute the priority anew; a word of danger that an edit brought reaches the team at once."""
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None or ladder.stopped_at is not None:
            return None
        reading = clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)
        used = reading.share if reading else 0.0
        found = priority_rules.score(clocks.score_facts(question_id, used, reopened=ladder.cycle > 1))
        by_hand, was_danger = ladder.priority_set_by_id is not None, ladder.is_danger
        danger = found.is_danger and not by_hand
        update_where(
            Ladder, Ladder.question_id == question_id, score=found.points, score_parts=priority_rules.kept_parts(found),
            rescored_at=clock.now(), is_danger=danger or was_danger, is_legal=found.is_legal or ladder.is_legal,
            with_staff=ladder.with_staff or danger,
        )  # fmt: skip
        if not by_hand:
            wanted = Priority.URGENT if was_danger or danger else found.priority
            _retarget(question_id, wanted, "score")
        if danger and not was_danger:
            advance(question_id)
        return load(question_id).priority


def set_priority(actor: Actor, question_id: int, priority: Priority, reason: str) -> None:
    """Overrule the computed priority, with a reason; it stays until somebody changes it again."""
    require(can_set_priority(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            raise NotFound()
        case = casework.case_of(question_id, ladder.cycle)
        before, calm = ladder.priority, priority is not Priority.URGENT
        update_where(
            Ladder, Ladder.question_id == question_id, priority_set_by_id=actor.member_id,
            is_danger=ladder.is_danger and not calm,
        )  # fmt: skip
        _retarget(question_id, priority, f"set:{actor.member_id}")
        audit.write(
            actor, "escalation.priority", "question", question_id, before.value, priority.value, reason
        )
        if case is not None:
            casework.write_line(case.id, "priority", actor.member_id, detail=reason)


def _retarget(question_id: int, priority: Priority, source: str) -> None:
    """Another target from the same start; nothing is due before this moment because of it."""
    ladder = load(question_id)
    if ladder.priority is priority:
        aim(ladder)
        return
    now = clock.now()
    update_where(Ladder, Ladder.question_id == question_id, priority=priority, retargeted_at=now)
    ladder = load(question_id)
    promises.retarget(ladder, f"{source}/{ladder.version}")
    update_where(Case, Case.question_id == question_id, Case.cycle == ladder.cycle, priority=priority)
    aim(ladder)


def rescore_open(limit: int = 500) -> int:
    """Compute the priorities of open questions anew, those longest unread first (`domain/escalation.md §C2.1`)."""
    ids = db.session.scalars(
        select(Ladder.question_id)
        .where(Ladder.stopped_at.is_(None), Ladder.rescored_at < clock.now() - timedelta(minutes=14))
        .order_by(Ladder.rescored_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    for question_id in ids:
        try:
            rescore(question_id)
        except Exception:
            db.session.rollback()
            log.exception("the priority of question %s could not be computed", question_id)
            with unit_of_work():
                update_where(Ladder, Ladder.question_id == question_id, rescored_at=clock.now())
    return len(ids)
