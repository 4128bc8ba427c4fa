"""Whose watch it is."""

from __future__ import annotations

from typing import Any

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.listening.permissions import can_listen


def can_use(actor: Actor, watch: Any) -> Verdict:
    """Read and change a watch: one's own, and those of the team."""
    if not (listening := can_listen(actor)):
        return listening
    if watch.for_team or watch.owner_id == actor.person_id:
        return ALLOWED
    return refuse(_("This watch belongs to a colleague."))
