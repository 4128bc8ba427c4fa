"""Who may read which rules decide about somebody else."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_explain(actor: Actor) -> Verdict:
    """See what a member can do, and why: who moderates everywhere."""
    return ALLOWED if actor.can_moderate else refuse(_("Moderators read which rules decide about a member."))
