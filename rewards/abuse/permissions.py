"""Who looks at unusual votes, and who must not: nobody decides about themselves."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from rewards.abuse.models import AbuseCase, AbuseEvidence


def can_look(actor: Actor) -> Verdict:
    """Read the cases and decide."""
    if not actor.can_moderate:
        return refuse(_("Unusual votes are looked at by moderators."))
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED


def not_about(actor: Actor) -> ColumnElement[bool]:
    """The criterion on AbuseCase: nothing of it was done by, or for, the actor."""
    if actor.member_id is None:
        return true()
    mine = or_(AbuseEvidence.voter_id == actor.member_id, AbuseEvidence.author_id == actor.member_id)
    return ~select(AbuseEvidence.id).where(AbuseEvidence.case_id == AbuseCase.id, mine).exists()
