"""Who writes templates, and who changes whose."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.escalation.permissions import can_work
from moderation.macros.models import Macro


def can_write_macros(actor: Actor) -> Verdict:
    """Whoever works on cases."""
    return can_work(actor)


def can_change_macro(actor: Actor, macro: Macro) -> Verdict:
    """Its owner, and managers."""
    if not (working := can_work(actor)):
        return working
    if actor.is_manager or (macro.owner_id is not None and macro.owner_id == actor.member_id):
        return ALLOWED
    return refuse(_("This template is changed by who wrote it, or by a manager."))
