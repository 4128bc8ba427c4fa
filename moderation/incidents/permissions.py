"""Who says that something is broken, and who follows it."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse


def can_see_desk(actor: Actor) -> Verdict:
    """Read the desk of incidents."""
    return ALLOWED if actor.is_staff else refuse(_("This desk belongs to the team."))


def can_declare(actor: Actor) -> Verdict:
    """Declare, update and resolve incidents, and say which questions belong to them: people of the team only."""
    return may_write(actor) if actor.is_staff else refuse(_("Incidents are declared by the brand’s team."))


def can_join(actor: Actor) -> Verdict:
    """Say "this concerns me"."""
    if not actor.signed_in:
        return refuse(_("Sign in to be told when it is over: your text is kept meanwhile."))
    if actor.suspended:
        return refuse(_("Your account is suspended. You can still read, appeal, and download your data."))
    return ALLOWED
