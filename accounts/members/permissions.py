"""Who may change what about members."""

from __future__ import annotations

from common.errors import Forbidden
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_give_roles(actor: Actor) -> Verdict:
    """Roles are the administrators'."""
    return ALLOWED if actor.is_admin else refuse(_("Only an administrator gives roles."))


def can_limit(actor: Actor) -> Verdict:
    """Managers let somebody moderate some categories; it opens nothing by itself, and limits who could do more."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may entrust this."))


def can_edit_profile(actor: Actor, member_id: int) -> Verdict:
    """A profile is its member's own. Silenced and suspended members may no longer change what others see."""
    if not actor.signed_in or actor.member_id != member_id:
        return refuse(_("A profile is changed by its member only."))
    if actor.suspended or actor.silenced:
        return refuse(_("You cannot change your public profile while you cannot post."))
    return ALLOWED


def own_id(actor: Actor) -> int:
    """The id of a signed-in member. Raises :class:`Forbidden` for visitors and the system."""
    if actor.member_id is None:
        raise Forbidden(_("Sign in first: your text is kept meanwhile."))
    return actor.member_id


def can_see_outbox(actor: Actor) -> Verdict:
    """Sent mails hold links that sign people in: administrators only."""
    return ALLOWED if actor.is_admin else refuse(_("This page is for administrators."))
