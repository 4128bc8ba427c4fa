"""Who may sanction whom, and who may contest what."""

from __future__ import annotations

from accounts.members.models import Member
from common import clock
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.sanctions.models import Statement


def can_see_file(actor: Actor) -> Verdict:
    """Read a member's file at the desk."""
    return ALLOWED if actor.can_moderate else refuse(_("Member files are for moderators."))


def can_sanction(actor: Actor, member: Member) -> Verdict:
    """Silence or suspend this member."""
    if not actor.can_moderate:
        return refuse(_("Members are silenced or suspended by moderators."))
    if actor.member_id == member.id:
        return refuse(_("You cannot sanction yourself."))
    if str(member.role) != "member" and not actor.is_admin:
        return refuse(_("Team accounts are managed by administrators."))
    return ALLOWED


def can_appeal(actor: Actor, statement: Statement, ended: bool, appealed: bool) -> Verdict:
    """Contest a decision: the member concerned, or whoever holds the link and is not signed in as somebody else (a
    suspended member cannot sign in)."""
    if statement.member_id is None:
        return refuse(_("This decision concerns nobody’s account."))
    if actor.signed_in and actor.member_id != statement.member_id:
        return refuse(_("Only the person concerned can contest this decision."))
    if appealed:
        return refuse(_("You have already contested this decision. The answer comes to your mailbox."))
    if ended:
        return refuse(_("This decision is no longer in force: there is nothing to contest."))
    if clock.now() >= statement.appeal_until:
        return refuse(_("The six months to contest this decision are over. You can still turn to a court."))
    return ALLOWED
