"""Who may follow what."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.following.rules import TargetKind


def can_follow(actor: Actor, kind: TargetKind, target_id: int) -> Verdict:
    """Hear of what is new there. Reading needs no right to write."""
    if not actor.signed_in:
        return refuse(_("Sign in to follow."))
    if kind is TargetKind.MEMBER and target_id == actor.member_id:
        return refuse(_("You hear of your own questions anyway."))
    return ALLOWED
