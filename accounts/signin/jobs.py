"""Housekeeping: what has ended is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_

from accounts.retention.sweeping import known_by, sweep
from accounts.secondfactor.models import SecondFactor, WaitingEntry
from accounts.secondfactor.queries import SETUP_LASTS
from accounts.signin import origins
from accounts.signin.models import LetterWish, MailToken, MemberSession, Registration
from accounts.signin.rules import REGISTRATION_KEPT, SESSION_IDLE, TOKEN_KEPT, WISH_KEPT
from common.clock import now
from common.i18n import _
from common.jobs import periodic
from common.unit_of_work import unit_of_work

known_by(
    "accounts.purge",
    ("sessions", _("Sessions, with address and browser, after the last visit"), SESSION_IDLE),
    ("mailed-links", _("Links that were mailed, used or not"), TOKEN_KEPT),
    ("link-wishes", _("Requests for a link by mail"), WISH_KEPT),
    ("waiting-entries", _("Sign-ins that wait for a code"), timedelta()),
    ("factor-setups", _("Second factors that were begun and not finished"), SETUP_LASTS),
    ("registrations", _("Accounts asked for and never confirmed"), REGISTRATION_KEPT),
    ("origins", _("Networks members came from, as keyed hashes"), origins.KEPT),
)


@periodic("accounts.purge", every=timedelta(hours=6))
def purge() -> None:
    """Drop ended sessions, used tokens, old wishes, accounts that nobody proved, entries that waited in vain, old places."""
    moment = now()
    with unit_of_work():
        idle = or_(MemberSession.expires_at < moment, MemberSession.seen_at < moment - SESSION_IDLE)
        unfinished = and_(SecondFactor.confirmed_at.is_(None), SecondFactor.made_at < moment - SETUP_LASTS)
        sweep("sessions", MemberSession, idle)
        sweep("mailed-links", MailToken, MailToken.expires_at < moment - TOKEN_KEPT)
        sweep("link-wishes", LetterWish, LetterWish.created_at < moment - WISH_KEPT)
        sweep("waiting-entries", WaitingEntry, WaitingEntry.expires_at < moment)
        sweep("factor-setups", SecondFactor, unfinished)
        sweep("registrations", Registration, Registration.created_at < moment - REGISTRATION_KEPT)
        origins.forget_old()
