"""Who takes badges back."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_revoke(actor: Actor) -> Verdict:
    """Managers take a badge back."""
    return ALLOWED if actor.is_manager else refuse(_("Only a manager may take a badge back."))
