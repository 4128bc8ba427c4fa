"""Who may keep a list of devices, and who may change the catalogue."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_keep_devices(actor: Actor) -> Verdict:
    """Every member has a private list of what they own."""
    if not actor.signed_in:
        return refuse(_("Sign in to keep the list of your devices."))
    if actor.suspended:
        return refuse(_("Your account is suspended. You can still read, appeal, and download your data."))
    return ALLOWED


def can_feed_catalogue(actor: Actor) -> Verdict:
    """Products and proofs of purchase are given by managers, the operator, and the brand's own programs."""
    return ALLOWED if actor.is_manager else refuse(_("The catalogue is kept by the brand’s managers."))
