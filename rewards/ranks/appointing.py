"""Mandates: staff ask a trusted member to be a super-user or a mentor, and may end it; the member may hand it back."""

from __future__ import annotations

from sqlalchemy import delete, select

from accounts.members.models import Member
from common import audit, clock
from common.db import affected, db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ranks import metrics, ranking
from rewards.ranks.models import Mandate, Why
from rewards.ranks.permissions import can_appoint, can_hand_back
from rewards.ranks.rules import earned_rank
from rewards.ranks.scale import formulas

HIGHEST_EARNED = 4


def appoint(actor: Actor, member_id: int, rank: int, reason: str) -> bool:
    """Give a mandate (rank 5 or 6). True when the member's rank changed; repeated, it changes nothing."""
    require(can_appoint(actor))
    if rank not in (5, 6):
        raise Invalid(_("A mandate is for a super-user or a mentor."))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        old = _standing(member_id)
        now, words = clock.now(), reason.strip()[:300]
        values = {"rank": rank, "given_by_id": actor.member_id, "reason": words}
        if insert_once(Mandate, member_id=member_id, given_at=now, charter_signed_at=now, **values) is None:
            update_where(Mandate, Mandate.member_id == member_id, Mandate.rank != rank, **values)
        if old == rank:
            return False
        audit.write(actor, "rank.appointed", "member", member_id, old, rank, words)
        return ranking.move(member_id, old, rank, why=Why.APPOINTED, actor_id=actor.member_id)


def end_mandate(actor: Actor, member_id: int, reason: str) -> bool:
    """End a mandate, or hand back one's own: the member stands again where their deeds put them."""
    require(can_hand_back(actor, member_id))
    with unit_of_work():
        old = _standing(member_id)
        ended = affected(db.session.execute(delete(Mandate).where(Mandate.member_id == member_id)))
        if not ended:
            return False
        earned = min(HIGHEST_EARNED, earned_rank(formulas(), metrics.of([member_id]).get(member_id, {})))
        audit.write(actor, "rank.mandate_ended", "member", member_id, old, earned, reason.strip()[:300])
        return old != earned and ranking.move(
            member_id, old, earned, why=Why.MANDATE_END, actor_id=actor.member_id
        )


def _standing(member_id: int) -> int:
    rank = db.session.scalar(select(Member.rank).where(Member.id == member_id, Member.closed_at.is_(None)))
    if rank is None:
        raise NotFound()
    return rank
