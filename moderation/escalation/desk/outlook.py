"""What everybody may see: that the team has a question, when a reply is promised, what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select

from common.db import db
from moderation.escalation import clocks
from moderation.escalation.models import Case, Ladder, SlaPolicy
from moderation.escalation.policies import policy_of
from moderation.escalation.rules import OPEN, CaseState, Stage, deadline


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will happen to a question. ``case_state`` is set when the team has it; the moments are promises."""

    case_state: CaseState | None
    promised_at: datetime | None
    steps: dict[Stage, datetime | None]
    reached: frozenset[Stage]
    started_at: datetime
    with_staff: bool
    opened_at: datetime | None = None


_WAITING = (
    select(Ladder, SlaPolicy, Case.state, Case.due_at, Case.opened_at)
    .join(SlaPolicy, SlaPolicy.id == Ladder.policy_id)
    .outerjoin(
        Case,
        and_(Case.question_id == Ladder.question_id, Case.cycle == Ladder.cycle, Case.state.in_(OPEN)),
    )
    .where(Ladder.question_id == bindparam("question"), Ladder.stopped_at.is_(None))
)
"""Built once: it runs for every page of a question."""


def outlook(question_id: int) -> Outlook | None:
    """The outlook of a question that waits for an answer; None when nothing more will come."""
    row = db.session.execute(_WAITING, {"question": question_id}).first()
    if row is None:
        return None
    ladder, policy = row.Ladder, policy_of(row.SlaPolicy)
    if row.state is not None:
        return Outlook(row.state, row.due_at, {}, frozenset(), ladder.started_at, True, row.opened_at)
    climb = clocks.climb_of(ladder, policy)
    shown = (Stage.VISIBLE, Stage.STAFF, Stage.BREACH)
    steps = {stage: deadline(climb, policy.calendar, stage) for stage in shown}
    return Outlook(None, None, steps, frozenset(climb.recorded), ladder.started_at, ladder.with_staff)
