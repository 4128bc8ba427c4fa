"""Who listens to the community for the brand."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_listen(actor: Actor) -> Verdict:
    """Managers and the community team: what is listened to may be sad or sharp, and people stand behind it."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED if actor.can_moderate else refuse(_("Listening is for managers and the community team."))
