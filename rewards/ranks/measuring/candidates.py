"""Who has done what the rank of super-user asks for and waits for the team's word (design/UX.md page 44; domain/rewards.md §A2.2:
nominated by staff)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from rewards.ledger.models import Balance
from rewards.ranks import metrics
from rewards.ranks.models import MandateOffer
from rewards.ranks.rules import HIGHEST_EARNED, SUPER_USER, holds
from rewards.ranks.scale import formulas

MOST = 200
"""So many are looked at: those with the most points."""


def would_suffice(rank: int, deeds: Mapping[str, float]) -> bool:
    """Whether only the team's word and the member's signature are missing."""
    wanted = formulas().get(rank)
    given = {**deeds, "nominated": rank - HIGHEST_EARNED, "charter_signed": 1}
    return wanted is not None and holds(wanted, given)


def candidates() -> list[int]:
    """Members of the highest rank that is earned who could be super-users and were not asked yet, those with the most points
    first. A fixed number of statements."""
    asked = select(MandateOffer.member_id)
    points = func.coalesce(Balance.reputation, 0)
    query = select(Member.id).outerjoin(Balance, Balance.member_id == Member.id).where(
        Member.rank == HIGHEST_EARNED, Member.role.not_in(STAFF), Member.is_mask.is_(False), Member.closed_at.is_(None),
        Member.id.not_in(asked), points >= _least_points(),
    )  # fmt: skip
    found = list(db.session.scalars(query.order_by(points.desc(), Member.id).limit(MOST)))
    deeds = metrics.of(found) if found else {}
    return [one for one in found if would_suffice(SUPER_USER, deeds.get(one, {}))]


def _least_points() -> float:
    """The points that the rank asks for in every case: whoever has fewer need not be measured."""
    wanted = formulas().get(SUPER_USER)
    parts = wanted.parts if wanted is not None and wanted.kind == "all" else ()
    return max(
        (
            one.right.number
            for one in parts
            if one.kind == ">="
            and one.left
            and one.left.metric == "rep_total"
            and one.right
            and one.right.number is not None
        ),
        default=0,
    )
