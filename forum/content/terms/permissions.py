"""Who writes the charter and the terms."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_write_terms(actor: Actor) -> Verdict:
    """Managers answer for the rules."""
    return ALLOWED if actor.is_manager else refuse(_("The charter and the terms are written by managers."))


def can_publish_terms(actor: Actor) -> Verdict:
    """What binds every member is published by an administrator."""
    return (
        ALLOWED
        if actor.is_admin
        else refuse(_("The charter and the terms are published by an administrator."))
    )
