"""Is this code good? Each is good once, and few are tried."""

from __future__ import annotations

from accounts.members.models import Member
from accounts.secondfactor import numbers
from accounts.secondfactor.models import RecoveryCode, SecondFactor
from accounts.secondfactor.queries import USE, row_of, secret_in
from accounts.secondfactor.rules import is_app_code, is_recovery_code, matching_step, tidy
from accounts.signin.sessions import Origin, actor_of
from common import audit, limits, mail
from common.clock import now
from common.db import db, update_where
from common.errors import TooMany
from common.i18n import _
from common.secrecy import fingerprint

WRONG = _(
    "This code is not right, or was used before. Wait for the next one in your app, or use a recovery code."
)
SLOW = _("Too many codes from here. Wait a quarter of an hour, then try again.")


def count_try(member_id: int, origin: Origin) -> None:
    """One code typed, counted before it is looked at, so that many at once cannot all pass. Raises :class:`TooMany`."""
    most = numbers.tries()
    limits.hit("second-factor.address", origin.address, f"{10 * most}/15 minutes", SLOW)
    limits.hit("second-factor.pair", f"{member_id}|{origin.address}", f"{most}/15 minutes", SLOW)


def accept(member_id: int, typed: str) -> bool:
    """Use a code up, inside the open unit of work; False when it is not good.

    While many addresses guess at one member's codes, those of apps are refused and recovery codes still work: a
    million codes can be guessed, ten among 2^49 cannot, and nobody is locked out by others.
    """
    tidied = tidy(typed)
    if is_app_code(tidied):
        return _is_unhurried(member_id) and _use_app_code(member_id, tidied)
    return is_recovery_code(tidied) and _use_recovery_code(member_id, tidied)


def _is_unhurried(member_id: int) -> bool:
    most = numbers.tries()
    try:
        limits.hit("second-factor.member", member_id, f"{2 * most}/15 minutes")
        limits.hit("second-factor.day", member_id, f"{10 * most}/day")
    except TooMany:
        return False
    return True


def _use_app_code(member_id: int, code: str) -> bool:
    row = row_of(member_id)
    secret = secret_in(row) if row is not None and row.confirmed_at is not None else None
    step = matching_step(secret, code, now(), row.last_step) if row is not None and secret else None
    return step is not None and bool(
        update_where(
            SecondFactor,
            SecondFactor.member_id == member_id,
            SecondFactor.confirmed_at.is_not(None),
            SecondFactor.last_step < step,
            last_step=step,
        )
    )


def hashed(member_id: int, tidied: str) -> str:
    """A recovery code as it is stored."""
    return fingerprint(USE, f"{member_id}:{tidied}")


def _use_recovery_code(member_id: int, tidied: str) -> bool:
    used = update_where(
        RecoveryCode,
        RecoveryCode.member_id == member_id,
        RecoveryCode.code_hash == hashed(member_id, tidied),
        RecoveryCode.used_at.is_(None),
        used_at=now(),
    )
    if not used:
        return False
    member = db.session.get_one(Member, member_id)
    audit.write(actor_of(member), "second_factor.recovery_used", "member", member_id)
    mail.queue("second-factor-recovery", member_id=member_id)
    return True
