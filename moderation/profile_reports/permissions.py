"""Who may report a profile; who decides is the queue's (`review.permissions`)."""

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
