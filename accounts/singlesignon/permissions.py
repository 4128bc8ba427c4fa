"""Who may take a way in away."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_disconnect(actor: Actor, owner_id: int | None, other_ways: int) -> Verdict:
    """One's own, and only while another way in remains."""
    if not actor.signed_in or owner_id != actor.member_id:
        return refuse(_("A connection is ended by its member only."))
    if other_ways < 1:
        return refuse(_("This is your only way in. Give your account an e-mail address or a password first."))
    return ALLOWED


def can_see_facts(actor: Actor) -> Verdict:
    """What the brand's accounts say of a member is the team's."""
    return ALLOWED if actor.is_staff else refuse(_("This is for the team."))
