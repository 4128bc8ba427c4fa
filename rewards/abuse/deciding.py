"""A person has looked: abuse, or none (domain/rewards.md §A1.4). Decided once; the same again changes nothing."""

from __future__ import annotations

from sqlalchemy import select

from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.abuse import acting
from rewards.abuse.models import AbuseCase
from rewards.abuse.permissions import can_look, not_about
from rewards.abuse.rules import CaseState

REASON_MOST = 300


def confirm(actor: Actor, case_id: int, reason: str) -> bool:
    """It is abuse: what the case rests on is annulled. The members read one neutral line in their statement, no more."""
    return _decide(actor, case_id, CaseState.CONFIRMED, reason)


def clear(actor: Actor, case_id: int, reason: str) -> bool:
    """It is none: everything as before, and the same votes are never looked at again under this rule."""
    return _decide(actor, case_id, CaseState.CLEARED, reason)


def _decide(actor: Actor, case_id: int, state: CaseState, reason: str) -> bool:
    require(can_look(actor))
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(reason) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    with unit_of_work():
        mine = (AbuseCase.id == case_id, not_about(actor))
        now = clock.now()
        decided = {
            "state": state,
            "open_key": None,
            "decided_at": now,
            "decided_by_id": actor.member_id,
            "reason": reason,
        }
        if not update_where(AbuseCase, *mine, AbuseCase.state == CaseState.OPEN, **decided):
            was = db.session.scalar(select(AbuseCase.state).where(*mine))
            if was is None:
                raise NotFound()
            if was != state:
                raise Conflict(_("Somebody has decided this already."))
            return False
        if state is CaseState.CONFIRMED:
            acting.annul(case_id, actor)
        else:
            acting.release(case_id, actor)
        sign = db.session.scalar(select(AbuseCase.sign).where(AbuseCase.id == case_id))
        audit.write(
            actor, f"abuse.{state}", "abuse_case", case_id, "open", {"rule": sign, "state": state}, reason
        )
        return True
