"""Who may report a profile, and who decides."""

from __future__ import annotations

from accounts.members.models import Member
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse


def can_report(actor: Actor, member: Member) -> Verdict:
    """Report somebody's profile to the team."""
    if not actor.signed_in:
        return refuse(_("Sign in to report something: we tell you what came of it."))
    if not (writing := may_write(actor)):
        return writing
    if member.id in actor.ids:
        return refuse(_("This is your own profile: you can change it in your settings."))
    return ALLOWED


def can_judge(actor: Actor, member: Member | None = None) -> Verdict:
    """Read reported profiles and decide about this one."""
    if not actor.can_moderate or actor.suspended:
        return refuse(_("Reported profiles are for moderators."))
    if member is not None and member.id == actor.member_id:
        return refuse(_("This concerns yourself: a colleague decides."))
    if member is not None and str(member.role) != "member" and not actor.is_admin:
        return refuse(_("Team accounts are managed by administrators."))
    return ALLOWED
