"""What came of a member's reports, whatever they were about: texts, profiles, private messages."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import String, Subquery, case, select, type_coerce, union_all

from accounts.messages.models import MessageReport
from accounts.messages.rules import Outcome as MessageOutcome
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome
from moderation.profile_reports.models import ProfileReport
from moderation.profile_reports.rules import ProfileOutcome


def judged(member_ids: Collection[int]) -> Subquery:
    """Rows of (member_id, outcome, created_at) of these members' decided reports; outcomes in the words of ``Outcome``."""

    def right(column, value):
        return case((column == value, Outcome.AGREED.value), else_=Outcome.DISAGREED.value).label("outcome")

    texts = select(
        Flag.flagger_id.label("member_id"),
        type_coerce(Flag.outcome, String).label("outcome"),
        Flag.created_at,
    ).where(Flag.flagger_id.in_(member_ids), Flag.outcome.is_not(None))
    profiles = select(
        ProfileReport.reporter_id,
        right(ProfileReport.outcome, ProfileOutcome.TAKEN),
        ProfileReport.created_at,
    ).where(
        ProfileReport.reporter_id.in_(member_ids),
        ProfileReport.outcome.in_((ProfileOutcome.TAKEN, ProfileOutcome.KEPT)),
    )
    messages = select(
        MessageReport.reporter_id,
        right(MessageReport.outcome, MessageOutcome.REMOVED),
        MessageReport.created_at,
    ).where(MessageReport.reporter_id.in_(member_ids), MessageReport.outcome.is_not(None))
    return union_all(texts, profiles, messages).subquery()
