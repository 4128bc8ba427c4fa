"""What only the desk knows of members' deeds, for their badges: right reports, rescued questions, serious breaches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from common.db import db
from moderation.escalation.models import StageRow
from moderation.escalation.rules import STAGES, Stage
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome
from moderation.review.rules import Reason
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import Measure
from rewards.badges.counts.answers import NOT_STAFF, answer, answers, plain, thread
from rewards.badges.counts.sources import Counts, Who, breaches_from, count_by
from rewards.badges.rules import FLAG_RATIO, BadgeKey

SERIOUS = frozenset(
    {
        Reason.HATE, Reason.MINORS, Reason.IMPERSONATION, Reason.ILLEGAL_PRODUCT, Reason.UNDISCLOSED_INTEREST,
        Reason.ADVERTISING,
    }
)  # fmt: skip
"""Reasons of a removal that are fraud or a serious breach: what rests on such a post is no merit (§A3.2)."""
CALLED = tuple(stage for stage in STAGES if STAGES.index(stage) >= STAGES.index(Stage.SUPER_USERS))
"""Stages of a question for which help was called, from E3 on."""


def _reports(who: Who) -> Any:
    f = Flag
    right = func.count().filter(f.outcome == Outcome.AGREED)
    judged = f.outcome.in_((Outcome.AGREED, Outcome.DISAGREED))
    query = select(f.flagger_id, right, func.count()).where(judged, f.flagger_id.in_(NOT_STAFF))
    return db.session.execute(who.limit(query, f.flagger_id).group_by(f.flagger_id))


def right_reports(who: Who) -> Counts:
    """Reports a moderator agreed with."""
    return {(member, ""): (right, None) for member, right, _judged in _reports(who)}


def careful_reports(who: Who) -> Counts:
    """The same for members who were right at least three times in four."""
    return {(member, ""): (right, None) for member, right, of in _reports(who) if right >= FLAG_RATIO * of}


def rescues(who: Who) -> Counts:
    """Solutions written after help had been called for the question (stage E3 of the ladder or later)."""
    called = select(StageRow.id).where(
        StageRow.question_id == thread.c.id,
        StageRow.stage.in_(CALLED),
        StageRow.recorded_at <= answer.c.published_at,
    )
    query = answers(answer.c.author_id, func.count(), who=who)
    query = query.where(thread.c.accepted_answer_id == answer.c.id, called.exists())
    return plain(query.group_by(answer.c.author_id))


def breaches() -> Select[Any]:
    """Posts that were removed for such a reason, unless that was undone or overturned."""
    ended = select(StatementEnd.id).where(StatementEnd.statement_id == Statement.id)
    return select(Statement.post_id).where(
        Statement.post_id.is_not(None), Statement.reason.in_(SERIOUS),
        Statement.measure.in_((Measure.REMOVED, Measure.REJECTED)), ~ended.exists(),
    )  # fmt: skip


def register() -> None:
    """Make all of it known to the badges."""
    count_by(BadgeKey.FIRST_FLAG, right_reports)
    count_by(BadgeKey.GUARDIAN, careful_reports)
    count_by(BadgeKey.RESCUER, rescues)
    breaches_from(breaches)
