"""Housekeeping: what has ended is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, or_

from accounts.secondfactor.models import SecondFactor, WaitingEntry
from accounts.secondfactor.queries import SETUP_LASTS
from accounts.signin import origins
from accounts.signin.models import LetterWish, MailToken, MemberSession, Registration
from accounts.signin.rules import REGISTRATION_KEPT, SESSION_IDLE, TOKEN_KEPT, WISH_KEPT
from common.clock import now
from common.db import db
from common.jobs import periodic
from common.unit_of_work import unit_of_work


@periodic("accounts.purge", every=timedelta(hours=6))
def purge() -> None:
    """Drop ended sessions, used tokens, old wishes, accounts that nobody proved, entries that waited in vain, old places."""
    moment = now()
    with unit_of_work():
        for table, criterion in (
            (
                MemberSession,
                or_(MemberSession.expires_at < moment, MemberSession.seen_at < moment - SESSION_IDLE),
            ),
            (MailToken, MailToken.expires_at < moment - TOKEN_KEPT),
            (LetterWish, LetterWish.created_at < moment - WISH_KEPT),
            (WaitingEntry, WaitingEntry.expires_at < moment),
            (
                SecondFactor,
                and_(SecondFactor.confirmed_at.is_(None), SecondFactor.made_at < moment - SETUP_LASTS),
            ),
            (Registration, Registration.created_at < moment - REGISTRATION_KEPT),
        ):
            db.session.execute(delete(table).where(criterion))
        origins.forget_old()
