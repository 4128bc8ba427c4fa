"""Who decides what categories ask."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_keep_fields(actor: Actor) -> Verdict:
    """Managers decide what their categories ask."""
    return ALLOWED if actor.is_manager else refuse(_("What categories ask is decided by managers."))
