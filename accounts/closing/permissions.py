"""Who may close an account."""

from __future__ import annotations

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_close(actor: Actor, member: Member) -> Verdict:
    """An account is closed by its member, suspended or not (domain/moderation.md §B4), and by an administrator whom the
    member asked. Whoever speaks for the team gives the role back first."""
    if actor.member_id != member.id and not actor.is_admin:
        return refuse(_("An account is closed by its member."))
    if member.role in STAFF:
        return refuse(_("This account speaks for the team: an administrator takes the role back first."))
    return ALLOWED
