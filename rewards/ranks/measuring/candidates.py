"""Who has done what the rank of super-user asks for and waits for the team's word (design/UX.md page 44; domain/rewards.md §A2.2:
nominated by staff)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
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
    query = select(Member.id).where(
        Member.rank == HIGHEST_EARNED, Member.role.not_in(STAFF), Member.is_mask.is_(False), Member.closed_at.is_(None),
        Member.id.not_in(asked),
    )  # fmt: skip
    found = list(db.session.scalars(query.order_by(Member.points.desc(), Member.id).limit(MOST)))
    deeds = metrics.of(found)
    return [one for one in found if would_suffice(SUPER_USER, deeds.get(one, {}))]
