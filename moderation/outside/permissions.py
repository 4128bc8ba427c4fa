"""Who may connect outside systems."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_connect(actor: Actor) -> Verdict:
    """See and change what is told to whom outside."""
    return ALLOWED if actor.is_manager else refuse(_("Outside connections are made by managers."))
