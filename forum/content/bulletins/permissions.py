"""Who writes official notices, and who puts one away."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse


def can_see_desk(actor: Actor) -> Verdict:
    """Read the desk's page of notices."""
    return ALLOWED if actor.is_staff else refuse(_("This desk belongs to the team."))


def can_write_bulletins(actor: Actor) -> Verdict:
    """Write, change and end notices: they speak for the brand."""
    return (
        may_write(actor) if actor.is_staff else refuse(_("Official notices are written by the brand’s team."))
    )


def can_put_away(actor: Actor) -> Verdict:
    """Put a notice away for oneself. Visitors see it as long as it is in force: it may be about their safety."""
    return ALLOWED if actor.signed_in else refuse(_("Sign in to put this notice away."))
