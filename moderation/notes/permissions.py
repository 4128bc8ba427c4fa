"""Who reads and writes notes on members."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_note(actor: Actor) -> Verdict:
    """The team's, and about others than oneself (the pages see to that)."""
    return ALLOWED if actor.is_staff else refuse(_("Notes on members are the team’s."))
