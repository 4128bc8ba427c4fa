"""The door after the password and the mailed link: who has a second factor waits here for the code.

Every way in ends in :func:`admit`, which gives the browser a secret: that of a session, or that of an entry that waits.
A waiting one begins with :data:`WAITS` and is no session anywhere, so a caller who overlooks it lets nobody in.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.secondfactor import numbers
from accounts.secondfactor.checking import WRONG, accept, count_try
from accounts.secondfactor.models import WaitingEntry
from accounts.secondfactor.queries import is_on
from accounts.signin import sessions
from accounts.signin.rules import Proof
from accounts.signin.sessions import Origin
from accounts.signin.tokens import digest, new_secret
from common.clock import now
from common.db import db, update_where
from common.errors import Gone, Invalid
from common.i18n import _
from common.unit_of_work import unit_of_work

WAITS = "~"
"""No secret of a session holds this sign."""

OVER = _("This took too long, or too many codes were typed. Sign in again.")


def admit(member_id: int, origin: Origin, proof: Proof = Proof.ONE) -> str:
    """Let a member in who proved the first factor, inside the open unit of work; returns the browser's secret.
    ``proof``: what vouched for them; a provider's word is enough where the site says so."""
    is_enough = proof is Proof.PROVIDER and not numbers.asked_after_provider()
    return (
        _wait(member_id) if not is_enough and is_on(member_id) else sessions.begin(member_id, origin, proof)
    )


def is_waiting(secret: str) -> bool:
    """Whether the secret is that of an entry that waits for its code."""
    return secret.startswith(WAITS)


def _wait(member_id: int) -> str:
    secret = WAITS + new_secret()
    generation = db.session.scalar(select(Member.session_generation).where(Member.id == member_id))
    db.session.add(
        WaitingEntry(
            member_id=member_id,
            token_hash=digest(secret),
            generation=generation,
            expires_at=now() + timedelta(minutes=numbers.minutes()),
        )
    )
    return secret


def check_waiting(secret: str) -> None:
    """Raise :class:`Gone` when the entry waits no longer. Uses nothing up."""
    if db.session.scalar(select(WaitingEntry.id).where(*_alive(secret))) is None:
        raise Gone(OVER)


def finish(secret: str, typed: str, origin: Origin) -> str:
    """Give the code; returns the secret of a session. Of many callers one gets it.

    Raises :class:`Invalid` for a code that is not good, :class:`TooMany` after too many, :class:`Gone` when the entry
    is over. A try is counted before the code is looked at and stays counted.
    """
    with unit_of_work():
        member_id = db.session.scalar(select(WaitingEntry.member_id).where(*_alive(secret)))
    if member_id is None:
        raise Gone(OVER)
    count_try(member_id, origin)
    with unit_of_work():
        counted = update_where(WaitingEntry, *_alive(secret), tries=WaitingEntry.tries + 1)
    if not counted:
        raise Gone(OVER)
    with unit_of_work():
        if not accept(member_id, typed):
            raise Invalid(fields={"code": WRONG})
        if not update_where(WaitingEntry, *_alive(secret, tried=True), ended_at=now()):
            raise Gone(OVER)
        return sessions.begin(member_id, origin)


def _alive(secret: str, tried: bool = False) -> tuple:
    """The entry of a secret while it waits, for twice the codes that one address may type: counted in the database, it
    holds where the counters of a process do not; ``tried``: its last try may be the one in hand."""
    most = 2 * numbers.tries()
    living = select(Member.id).where(
        Member.id == WaitingEntry.member_id,
        Member.session_generation == WaitingEntry.generation,
        may_enter(),
    )
    return (
        WaitingEntry.token_hash == digest(secret),
        WaitingEntry.ended_at.is_(None),
        WaitingEntry.expires_at > now(),
        WaitingEntry.tries <= most if tried else WaitingEntry.tries < most,
        living.exists(),
    )


def end_waiting(member_id: int) -> None:
    """Nobody waits for this member's code any more, inside the open unit of work."""
    update_where(
        WaitingEntry, WaitingEntry.member_id == member_id, WaitingEntry.ended_at.is_(None), ended_at=now()
    )
