"""Who may change what is promised."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_change_targets(actor: Actor) -> Verdict:
    """See and change policies, targets and how categories differ."""
    return ALLOWED if actor.is_manager else refuse(_("What is promised is changed by managers."))
