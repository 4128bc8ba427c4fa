"""Housekeeping: what can no longer be used again, and what nobody said yes to, is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from accounts.singlesignon.models import Identity, KeptAnswer, SpentTicket
from accounts.singlesignon.rules import WAITING_KEPT
from common.clock import now
from common.db import db
from common.jobs import periodic
from common.unit_of_work import unit_of_work


@periodic("accounts.singlesignon", every=timedelta(hours=6))
def purge() -> None:
    """Drop them."""
    with unit_of_work():
        db.session.execute(delete(SpentTicket).where(SpentTicket.expires_at < now()))
        db.session.execute(delete(KeptAnswer).where(KeptAnswer.expires_at < now()))
        left = Identity.member_id.is_(None) & (Identity.used_at < now() - WAITING_KEPT)
        db.session.execute(delete(Identity).where(left))
