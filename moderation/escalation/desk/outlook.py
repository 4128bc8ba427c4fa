"""What everybody may see: that the team has a question, when a reply is promised, what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from common.db import db
from moderation.escalation import clocks
from moderation.escalation.models import Case, CaseEvent, Ladder, SlaEvent, SlaTerms
from moderation.escalation.policies import policy_of
from moderation.escalation.rules import OPEN, CaseState, Stage, deadline
from moderation.escalation.sla_rules import Metric, SlaType


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will happen to a question. ``case_state`` is set when the team has it; the moments are promises. ``answered_at``:
    the team has answered; ``late``: later than it had promised. ``handed_back``: why the team leaves it to members."""

    case_state: CaseState | None
    promised_at: datetime | None
    steps: dict[Stage, datetime | None]
    reached: frozenset[Stage]
    started_at: datetime
    with_staff: bool
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    late: bool = False
    handed_back: str = ""


_LATE = (
    select(SlaEvent.id)
    .where(
        SlaEvent.question_id == Ladder.question_id, SlaEvent.cycle == Ladder.cycle, SlaEvent.type == SlaType.BREACH,
        SlaEvent.metric == Metric.FIRST_REPLY_STAFF,
    )
    .exists()
)  # fmt: skip
_BEFORE = aliased(Case)
_HANDED_BACK = (
    select(func.max(CaseEvent.detail))
    .join(_BEFORE, _BEFORE.id == CaseEvent.case_id)
    .where(
        _BEFORE.question_id == Ladder.question_id, _BEFORE.cycle == Ladder.cycle - 1,
        _BEFORE.state == CaseState.HANDED_BACK, CaseEvent.kind == "handed_back",
    )
    .scalar_subquery()
)  # fmt: skip
_WAITING = (
    select(
        Ladder,
        SlaTerms,
        Case.state,
        Case.due_at,
        Case.opened_at,
        Case.answered_at,
        _LATE.label("late"),
        _HANDED_BACK.label("handed_back"),
    )
    .join(SlaTerms, SlaTerms.id == Ladder.terms_id)
    .outerjoin(
        Case,
        and_(Case.question_id == Ladder.question_id, Case.cycle == Ladder.cycle),
    )
    .where(
        Ladder.question_id == bindparam("question"),
        or_(Ladder.stopped_at.is_(None), Case.answered_at.is_not(None)),
    )
)
"""Built once: it runs for every page of a question."""


def outlook(question_id: int) -> Outlook | None:
    """The outlook of a question that waits for an answer; None when nothing more will come."""
    row = db.session.execute(_WAITING, {"question": question_id}).first()
    if row is None:
        return None
    ladder, policy = row.Ladder, policy_of(row.SlaTerms)
    if row.state in OPEN:
        return Outlook(row.state, row.due_at, {}, frozenset(), ladder.started_at, True, row.opened_at)
    if row.answered_at is not None:
        return Outlook(
            None,
            None,
            {},
            frozenset(),
            ladder.started_at,
            True,
            row.opened_at,
            row.answered_at,
            bool(row.late),
        )
    if ladder.stopped_at is not None:
        return None
    climb = clocks.climb_of(ladder, policy)
    shown = (Stage.VISIBLE, Stage.STAFF, Stage.BREACH)
    steps = {stage: deadline(climb, policy.calendar, stage) for stage in shown}
    reason = (row.handed_back or "").partition(" ")[0]  # what follows are words for colleagues
    return Outlook(
        None, None, steps, frozenset(climb.recorded), ladder.started_at, ladder.with_staff, handed_back=reason
    )
