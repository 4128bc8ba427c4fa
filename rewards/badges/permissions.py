"""Who gives badges, and who takes them back."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_honour(actor: Actor) -> Verdict:
    """The team gives honours, and asks for one to be taken back."""
    if not actor.is_staff:
        return refuse(_("An honour is given by the team."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED


def can_revoke(actor: Actor) -> Verdict:
    """Managers take a badge back."""
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may take a badge back."))


def can_run_badges(actor: Actor) -> Verdict:
    """Managers define campaigns and switch badges off."""
    if not actor.is_manager:
        return refuse(_("Badges are looked after by managers."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED
