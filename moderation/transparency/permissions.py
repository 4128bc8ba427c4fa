"""Who hands over statements and publishes reports."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_report(actor: Actor) -> Verdict:
    """Make files of statements, and publish reports."""
    if not actor.is_manager:
        return refuse(_("Reports are published by managers."))
    return refuse(_("Your account is suspended.")) if actor.suspended else ALLOWED
