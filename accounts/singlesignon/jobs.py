"""Housekeeping: what can no longer be used again, and what nobody said yes to, is forgotten."""

from __future__ import annotations

from datetime import timedelta

from accounts.retention.sweeping import known_by, sweep
from accounts.singlesignon.models import Identity, KeptAnswer, SpentTicket
from accounts.singlesignon.rules import WAITING_KEPT
from common.clock import now
from common.i18n import _
from common.jobs import periodic
from common.unit_of_work import unit_of_work

known_by(
    "accounts.singlesignon",
    ("tickets", _("Sign-in tickets of the brand that were used"), timedelta()),
    ("saml-answers", _("Answers of the brand’s sign-in that nobody fetched"), timedelta()),
    ("connections", _("Accounts of the brand whose owner did not say yes"), WAITING_KEPT),
)


@periodic("accounts.singlesignon", every=timedelta(hours=6))
def purge() -> None:
    """Drop them."""
    with unit_of_work():
        sweep("tickets", SpentTicket, SpentTicket.expires_at < now())
        sweep("saml-answers", KeptAnswer, KeptAnswer.expires_at < now())
        sweep("connections", Identity, Identity.member_id.is_(None), Identity.used_at < now() - WAITING_KEPT)
