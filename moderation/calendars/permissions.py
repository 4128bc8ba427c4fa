"""Who may change when the team is there."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_change_calendars(actor: Actor) -> Verdict:
    """See and change the calendars."""
    return ALLOWED if actor.is_manager else refuse(_("Working hours are changed by managers."))
