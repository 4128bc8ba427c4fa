"""A mandate brought from an earlier programme of the brand: signed there, for one term from now on."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ledger.rules import expiry_of
from rewards.ranks import ranking
from rewards.ranks.mandates import HIGHEST_EARNED
from rewards.ranks.models import Mandate, Why
from rewards.ranks.permissions import can_appoint
from rewards.ranks.rules import MENTOR, SUPER_USER


def appoint(actor: Actor, member_id: int, rank: int, reason: str) -> bool:
    """Bring a mandate (rank 5 or 6) over. True when the member's rank changed; repeated, it changes nothing.

    On the site a mandate is offered and signed: `mandates.nominate`.
    """
    require(can_appoint(actor))
    if rank not in (SUPER_USER, MENTOR):
        raise Invalid(_("A mandate is for a super-user or a mentor."))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        old = _standing(member_id)
        now, words = clock.now(), reason.strip()[:300]
        values = {"rank": rank, "given_by_id": actor.member_id, "reason": words}
        ends_at = expiry_of(now, settings.get("ranks.mandate_months"))
        began = {
            "given_at": now,
            "charter_signed_at": now,
            "ends_at": ends_at,
            "rank_before": min(old, HIGHEST_EARNED),
        }
        if insert_once(Mandate, member_id=member_id, **began, **values) is None:
            update_where(Mandate, Mandate.member_id == member_id, Mandate.rank != rank, **values)
        if old == rank:
            return False
        audit.write(actor, "rank.appointed", "member", member_id, old, rank, words)
        return ranking.move(member_id, old, rank, why=Why.APPOINTED, actor_id=actor.member_id)


def _standing(member_id: int) -> int:
    rank = db.session.scalar(select(Member.rank).where(Member.id == member_id, Member.closed_at.is_(None)))
    if rank is None:
        raise NotFound()
    return rank
