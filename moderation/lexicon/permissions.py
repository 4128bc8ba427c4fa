"""Who reads and who changes the words."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_change_words(actor: Actor) -> Verdict:
    """Managers."""
    return ALLOWED if actor.is_manager else refuse(_("The words of priorities are changed by managers."))
