"""Who may sanction whom, and who may contest what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.members.models import Member
from common import clock, settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.drafts.permissions import can_take_up
from moderation.delegation import scope
from moderation.delegation.rules import Right
from moderation.sanctions.models import Appeal, Sanction, Statement
from moderation.sanctions.rules import ROUNDS, SETTLED, WAITING, AppealState, End


def can_see_file(actor: Actor) -> Verdict:
    """Read members' files at the desk: everybody's, or of who wrote in the categories of one's grants."""
    return ALLOWED if scope.has(actor, Right.FILES) else refuse(_("Member files are for moderators."))


def can_measure(actor: Actor) -> Verdict:
    """Restrict accounts at all: a measure holds everywhere, so who moderates a part only does not take it."""
    return ALLOWED if actor.can_moderate else refuse(_("Members are silenced or suspended by moderators."))


def can_sanction(actor: Actor, member: Member) -> Verdict:
    """Silence or suspend this member."""
    if not (measuring := can_measure(actor)):
        return measuring
    if actor.member_id == member.id:
        return refuse(_("You cannot sanction yourself."))
    if str(member.role) != "member" and not actor.is_admin:
        return refuse(_("Team accounts are managed by administrators."))
    return ALLOWED


def can_confirm(actor: Actor, proposal: Sanction, member: Member) -> Verdict:
    """Be the second person of a ban."""
    if not (sanctioning := can_sanction(actor, member)):
        return sanctioning
    if proposal.actor_id == actor.member_id and not actor.is_system:
        return refuse(_("You proposed it: another person of the team confirms."))
    return ALLOWED


def can_expel(actor: Actor, member: Member, joined_at: datetime) -> Verdict:
    """Ban an account at once, alone, with all its texts: only one of the last hours (domain/moderation.md §B4)."""
    if not (sanctioning := can_sanction(actor, member)):
        return sanctioning
    hours = settings.get("moderation.expel_hours")
    if str(member.role) != "member" or clock.now() - joined_at >= timedelta(hours=hours):
        return refuse(
            _("Only accounts younger than %(hours)s hours are banned by one person alone. Propose a ban instead.", hours=hours)
        )  # fmt: skip
    return ALLOWED


def can_mend(actor: Actor, statement: Statement, end: End | None, is_kept: bool) -> Verdict:
    """Take the text of a refusal up again to mend it: its author, while it is kept."""
    if actor.person_id is None or actor.person_id != statement.member_id or end in SETTLED or not is_kept:
        return refuse(_("There is nothing to mend here."))
    return can_take_up(statement.created_at)


def can_answer_appeals(actor: Actor) -> Verdict:
    """Read appeals and answer them."""
    if not actor.can_moderate:
        return refuse(_("Appeals are answered by moderators."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED


def can_take_appeal(actor: Actor) -> Verdict:
    """Be the one who answers an appeal: everywhere, or where one's grants say so; which of them, the item's scope says."""
    if actor.can_moderate:
        return can_answer_appeals(actor)
    return ALLOWED if scope.has(actor, Right.APPEALS) else refuse(_("Appeals are answered by moderators."))


def can_appeal(
    actor: Actor, statement: Statement, end: End | None, earlier: Sequence[Appeal] = ()
) -> Verdict:
    """Contest a decision: the member concerned, or whoever holds the link and is not signed in as somebody else.

    ``end``: how the restriction ended, if it did; ``earlier``: the appeals against it so far. A second one is for new
    facts, after the first was answered (§B4).
    """
    if statement.member_id is None:
        return refuse(_("This decision concerns nobody’s account."))
    if actor.signed_in and actor.person_id != statement.member_id:
        return refuse(_("Only the person concerned can contest this decision."))
    if end in SETTLED or any(one.state == AppealState.OVERTURNED for one in earlier):
        return refuse(_("This decision is no longer in force: there is nothing to contest."))
    if len(earlier) >= ROUNDS or any(one.state in WAITING for one in earlier):
        return refuse(_("You have already contested this decision. The answer comes to your mailbox."))
    if clock.now() >= statement.appeal_until:
        return refuse(_("The six months to contest this decision are over. You can still turn to a court."))
    return ALLOWED
