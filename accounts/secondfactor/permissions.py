"""Who may take a second factor away from somebody who lost it."""

from __future__ import annotations

from accounts.members.models import Member
from accounts.members.rules import Role
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_reset(actor: Actor, member: Member) -> Verdict:
    """Managers, with a reason; nobody their own, which would make an open session worth a phone. An administrator's is
    an administrator's to reset, so that no role reaches beyond itself."""
    if not actor.is_manager:
        return refuse(_("Second factors are reset by a manager."))
    if actor.member_id == member.id:
        return refuse(
            _("Your own second factor is switched off in your settings, or reset by somebody else.")
        )
    if member.role == Role.ADMIN and not actor.is_admin:
        return refuse(_("The second factor of an administrator is reset by an administrator."))
    return ALLOWED
