"""What is known of a member's second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.passkeys.queries import count_of
from accounts.secondfactor import numbers
from accounts.secondfactor.models import RecoveryCode, SecondFactor
from accounts.signin import sessions
from accounts.signin.rules import Proof
from common.clock import now
from common.db import db
from common.permissions import Actor
from common.secrecy import Unreadable, unseal

USE = "fourmi-second-factor"
SETUP_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """``since``: on since then; ``secret``: being set up with it; ``codes_left``: recovery codes not used yet."""

    since: datetime | None = None
    secret: str | None = None
    codes_left: int = 0


def standing_of(member_id: int) -> Standing:
    """How far a member has come with it. A secret that counts already is never told again."""
    row = row_of(member_id)
    if row is None:
        return Standing()
    if row.confirmed_at is not None:
        return Standing(row.confirmed_at, codes_left=codes_left(member_id))
    fresh = row.made_at > now() - SETUP_LASTS
    return Standing(secret=secret_in(row) if fresh else None)


def row_of(member_id: int) -> SecondFactor | None:
    """The row, read anew."""
    return db.session.scalar(
        select(SecondFactor)
        .where(SecondFactor.member_id == member_id)
        .execution_options(populate_existing=True)
    )


def secret_in(row: SecondFactor) -> str | None:
    """The secret of a row; None where the site's own secret is another one by now: no code is good then."""
    try:
        return unseal(USE, row.secret_cipher)
    except Unreadable:
        return None


def is_on(member_id: int | None) -> bool:
    """Whether a member signs in with a code."""
    found = select(SecondFactor.member_id).where(
        SecondFactor.member_id == member_id, SecondFactor.confirmed_at.is_not(None)
    )
    return db.session.scalar(found) is not None


def codes_left(member_id: int) -> int:
    """Recovery codes not used yet."""
    unused = select(func.count()).where(RecoveryCode.member_id == member_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def is_missing(actor: Actor, session_id: int) -> bool:
    """Whether the actor's role asks for a second factor and none was given: no app is set up, and the session was begun
    neither with a passkey nor through a provider whose own factor is enough. Reads nothing where no role asks."""
    if not actor.signed_in or actor.role not in numbers.roles() or is_on(actor.member_id):
        return False
    proof = sessions.proof_of(session_id)
    return proof != Proof.PASSKEY and not (proof == Proof.PROVIDER and not numbers.asked_after_provider())


def owes_passkey(actor: Actor, session_id: int) -> bool:
    """Whether the missing factor is there, and is a passkey."""
    return is_missing(actor, session_id) and count_of(actor.member_id) > 0


def has_any(member_id: int) -> bool:
    """Whether there is something that a reset would take away."""
    return is_on(member_id) or count_of(member_id) > 0
