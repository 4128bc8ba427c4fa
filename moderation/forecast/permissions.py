"""Who may try a change of the rules on the history."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_forecast(actor: Actor) -> Verdict:
    """Begin, read and apply forecasts: who may change the rules."""
    return ALLOWED if actor.is_manager else refuse(_("Rules are tried and changed by managers."))
