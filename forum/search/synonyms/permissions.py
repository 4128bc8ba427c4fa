"""Who keeps synonyms."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_keep_synonyms(actor: Actor) -> Verdict:
    """Add, change and remove groups: the whole team, since it is they who read what was searched in vain."""
    if actor.suspended or not actor.is_staff:
        return refuse(_("Synonyms are kept by the brand’s team."))
    return ALLOWED
