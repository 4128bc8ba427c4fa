"""Who may change what letters say."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_edit_letters(actor: Actor) -> Verdict:
    """Letters speak in the brand's name: managers."""
    return ALLOWED if actor.is_manager else refuse(_("The texts of letters are changed by managers."))
