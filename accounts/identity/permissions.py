"""Who may ask for what the law keeps, and who lets them: two people."""

from __future__ import annotations

from accounts.identity.models import LegalAccess
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse


def can_ask(actor: Actor) -> Verdict:
    """Managers answer judicial requests."""
    return ALLOWED if actor.is_manager else refuse(_("Judicial requests are answered by managers."))


def can_decide(actor: Actor, access: LegalAccess) -> Verdict:
    """An administrator, and never who asked."""
    if not actor.is_admin:
        return refuse(_("An administrator grants or refuses it."))
    if access.asked_by_id == actor.member_id:
        return refuse(_("Somebody else decides about your own request."))
    return ALLOWED


def can_see_log(actor: Actor) -> Verdict:
    """Administrators see every request; managers their own."""
    return ALLOWED if actor.is_admin else refuse(_("The log of judicial requests is for administrators."))


def can_fetch(actor: Actor, access: LegalAccess) -> Verdict:
    """Who asked, once it was granted; nobody else needs the file."""
    if not actor.is_manager or access.asked_by_id != actor.member_id:
        return refuse(_("The file is for who asked for it."))
    return ALLOWED if access.is_granted else refuse(_("An administrator has not granted this request."))
