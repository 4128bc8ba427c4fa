"""What people write, as far as promises go: the team's word fulfils, the asker's asks for a reply, news are owed again."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.escalation import clocks, laddering
from moderation.escalation.rules import WORKED_ON
from moderation.escalation.sla_rules import Metric, SlaType, last_word
from moderation.targets import promises


def is_team(member_id: int | None) -> bool:
    """Whether a text is the team's."""
    return (
        member_id is not None
        and db.session.scalar(select(Member.role).where(Member.id == member_id)) in STAFF
    )


def team_wrote(question_id: int, post_id: int) -> None:
    """A public word of the team: the next reply and the next news are there."""
    with unit_of_work():
        ladder = laddering.lock(question_id)
        if ladder is not None:
            owed = (Metric.NEXT_REPLY, Metric.PERIODIC_UPDATE)
            promises.fulfil(ladder, owed, clock.now(), f"post:{post_id}")
            laddering.aim(ladder)


def owe_news(question_id: int, post_id: int) -> None:
    """While the team works on a case, its word is not the last one: news come again."""
    with unit_of_work():
        ladder = laddering.lock(question_id)
        case = clocks.case_now(ladder) if ladder is not None else None
        if ladder is not None and case is not None and case.state in WORKED_ON:
            promises.begin(ladder, Metric.PERIODIC_UPDATE, clock.now(), f"post:{post_id}")
            laddering.aim(ladder)


def asker_wrote(question_id: int, post_id: int) -> None:
    """What the asker adds to a case that was replied to once waits for the next reply."""
    with unit_of_work():
        ladder = laddering.lock(question_id)
        case = clocks.case_now(ladder) if ladder is not None else None
        if ladder is None or case is None or case.state not in WORKED_ON:
            return
        first = clocks.events_of(question_id, ladder.cycle)[Metric.FIRST_REPLY_STAFF]
        if last_word(first) is SlaType.FULFIL:
            promises.begin(ladder, Metric.NEXT_REPLY, clock.now(), f"post:{post_id}")
            laddering.aim(ladder)
