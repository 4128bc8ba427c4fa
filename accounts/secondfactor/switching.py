"""Setting a second factor up, switching it off, new recovery codes, and taking it from who lost it."""

from __future__ import annotations

from sqlalchemy import delete

from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.passkeys.models import Passkey
from accounts.secondfactor.admitting import end_waiting
from accounts.secondfactor.checking import count_try, hashed
from accounts.secondfactor.models import RecoveryCode, SecondFactor
from accounts.secondfactor.permissions import can_reset
from accounts.secondfactor.proving import check_may_strengthen, prove
from accounts.secondfactor.queries import SETUP_LASTS, USE, is_on, row_of, secret_in
from accounts.secondfactor.rules import matching_step, new_recovery_codes, new_secret, tidy
from accounts.signin import passwords
from accounts.signin.sessions import Origin
from common import audit, mail
from common.clock import now
from common.db import affected, db, insert_many, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import seal
from common.unit_of_work import unit_of_work

REASON_MAX = 300


def begin(actor: Actor) -> None:
    """Begin to set an app up: a secret that does not count yet. Sent twice, the first secret stays.
    Raises :class:`Conflict` where there is one that counts."""
    member_id, moment = own_id(actor), now()
    with unit_of_work():
        fresh = {"secret_cipher": seal(USE, new_secret()), "made_at": moment, "last_step": 0}
        if insert_once(SecondFactor, member_id=member_id, **fresh) is not None:
            return
        update_where(
            SecondFactor,
            SecondFactor.member_id == member_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.made_at <= moment - SETUP_LASTS,
            **fresh,
        )
        if is_on(member_id):
            raise Conflict(_("You have a second factor already. Switch it off to begin with another app."))


def forget_setup(actor: Actor) -> None:
    """Set nothing up after all. Repeating it changes nothing; one that counts stays."""
    with unit_of_work():
        db.session.execute(
            delete(SecondFactor).where(
                SecondFactor.member_id == own_id(actor), SecondFactor.confirmed_at.is_(None)
            )
        )


def confirm(actor: Actor, code: str, password: str, origin: Origin, session_id: int = 0) -> list[str]:
    """The first code of the app: from now on it counts. Returns the recovery codes, which nobody can read again.

    Other sessions stay. Raises :class:`Invalid` per field, :class:`TooMany`, and :class:`Conflict` where it counts
    already or was never begun, :class:`Forbidden` where a passkey has to be shown first.
    """
    member_id = own_id(actor)
    check_may_strengthen(actor, session_id)
    passwords.check_own(actor, password, origin, "password")
    count_try(member_id, origin)
    with unit_of_work():
        row = row_of(member_id)
        if row is None or row.confirmed_at is not None or row.made_at <= now() - SETUP_LASTS:
            raise Conflict(_("There is nothing to confirm any more. Look again."))
        secret = secret_in(row)
        step = matching_step(secret, tidy(code), now(), row.last_step) if secret else None
        if step is None:
            raise Invalid(fields={"code": _("This is not the code your app shows now. Is its clock right?")})
        counted = update_where(
            SecondFactor,
            SecondFactor.member_id == member_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.secret_cipher == row.secret_cipher,
            confirmed_at=now(),
            last_step=step,
        )
        if not counted:
            raise Conflict
        audit.write(actor, "second_factor.on", "member", member_id)
        mail.queue("second-factor-on", member_id=member_id)
        return _write_codes(member_id)


def renew_codes(actor: Actor, proof: str, origin: Origin) -> list[str]:
    """Ten new recovery codes; the former are worth nothing. Asks for the password or a code."""
    member_id = own_id(actor)
    prove(actor, proof, origin)
    with unit_of_work():
        if not _held(member_id):
            raise Conflict(_("You have no second factor."))
        audit.write(actor, "second_factor.codes", "member", member_id)
        return _write_codes(member_id)


def switch_off(actor: Actor, proof: str, origin: Origin) -> None:
    """Sign in without a code again. Asks for the password or a code. Where there is none, nothing changes."""
    member_id = own_id(actor)
    if not is_on(member_id):
        return
    prove(actor, proof, origin)
    with unit_of_work():
        if _take_away(member_id):
            audit.write(actor, "second_factor.off", "member", member_id)
            mail.queue("second-factor-off", member_id=member_id)


def reset(actor: Actor, member_id: int, reason: str) -> bool:
    """Take somebody's second factor and passkeys away, because they lost them; True when there were any. The member is told.
    Raises :class:`NotFound`, :class:`Forbidden`, :class:`Invalid` without a reason."""
    with unit_of_work():
        member = db.session.get(Member, member_id)
        if member is None or member.closed_at is not None:
            raise NotFound
        require(can_reset(actor, member))
        said = " ".join(reason.split())
        if not 5 <= len(said) <= REASON_MAX:
            raise Invalid(fields={"reason": _("Say in a few words how you know that it is them.")})
        keys = affected(db.session.execute(delete(Passkey).where(Passkey.member_id == member_id)))
        if not _take_away(member_id) and not keys:
            return False
        audit.write(actor, "second_factor.reset", "member", member_id, None, None, said)
        mail.queue("second-factor-reset", member_id=member_id)
        return True


def _held(member_id: int) -> bool:
    """Whether it is on; the row stays locked, so that two renewals at once stand in line."""
    return bool(
        update_where(
            SecondFactor,
            SecondFactor.member_id == member_id,
            SecondFactor.confirmed_at.is_not(None),
            last_step=SecondFactor.last_step,
        )
    )


def _write_codes(member_id: int) -> list[str]:
    codes = new_recovery_codes()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    insert_many(
        RecoveryCode, [{"member_id": member_id, "code_hash": hashed(member_id, tidy(code))} for code in codes]
    )
    return codes


def _take_away(member_id: int) -> bool:
    if not _held(member_id):
        return False
    end_waiting(member_id)
    for table in (RecoveryCode, SecondFactor):
        db.session.execute(delete(table).where(table.member_id == member_id))
    return True
