"""The one way points lower a rank: what was earned by abuse was annulled, and 30 days later it is still missing.

Source: domain/rewards.md §A2.2 (c): below 90 % of the rank's own threshold, after 30 days of grace. Leaving, spending and
ordinary removals never do. Ranks that rest on a mandate end with the mandate.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import clock, settings
from common.db import db, insert_once
from common.unit_of_work import unit_of_work
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account, EntryKind
from rewards.ranks import metrics, ranking
from rewards.ranks.explaining.rules import asked
from rewards.ranks.models import Mandate, RankGrace, Why
from rewards.ranks.rules import earned_rank
from rewards.ranks.scale import formulas

LOOKED_BACK = timedelta(days=2)
SHARE = 200
"""Members of one unit of work."""


def look_for_falls() -> tuple[int, int]:
    """Begin the grace of members whose annulled points are missing, and end those that are over.

    Returns (begun, fallen). Called again, it changes nothing.
    """
    begun = sum(_begin(part) for part in _shares(_annulled_lately()))
    over = select(RankGrace.member_id).where(RankGrace.until <= clock.now()).order_by(RankGrace.member_id)
    fallen = sum(_end(part) for part in _shares(db.session.scalars(over)))
    return begun, fallen


def _shares(ids: Iterable[int]) -> list[list[int]]:
    found = list(ids)
    return [found[start : start + SHARE] for start in range(0, len(found), SHARE)]


def _annulled_lately() -> list[int]:
    e = LedgerEntry
    annulled = (e.kind == EntryKind.REVERSE, e.account == Account.REPUTATION, e.rule_key.like("fraud.%"))
    lately = e.occurred_at > clock.now() - LOOKED_BACK
    return sorted(db.session.scalars(select(e.member_id).where(*annulled, lately).distinct()))


def _begin(ids: list[int]) -> int:
    until, begun = clock.now() + timedelta(days=settings.get("ranks.grace_days")), 0
    with unit_of_work():
        for member_id, rank in _too_high(ids).items():
            if insert_once(RankGrace, member_id=member_id, rank=rank, until=until) is not None:
                tell(
                    member_id,
                    "rank-grace",
                    f"rank-grace:{until:%Y%m%d}",
                    rank=rank,
                    day=until.date().isoformat(),
                )
                begun += 1
    return begun


def _end(ids: list[int]) -> int:
    fallen = 0
    with unit_of_work():
        over = (RankGrace.member_id.in_(ids), RankGrace.until <= clock.now())
        ended = list(db.session.scalars(delete(RankGrace).where(*over).returning(RankGrace.member_id)))
        standing = _too_high(ended)
        for member_id, values in metrics.of(standing).items():
            earned = earned_rank(formulas(), values)
            if earned < standing[member_id]:
                fallen += ranking.move(member_id, standing[member_id], earned, why=Why.FRAUD)
    return fallen


def _too_high(ids: list[int]) -> dict[int, int]:
    """By member, the rank at which those stand whose points are too far below what it asks for. One query."""
    rows = db.session.execute(
        select(Member.id, Member.rank, Balance.reputation)
        .join(Balance, Balance.member_id == Member.id)
        .outerjoin(Mandate, Mandate.member_id == Member.id)
        .where(Member.id.in_(ids), Member.closed_at.is_(None), Mandate.member_id.is_(None))
        .order_by(Member.id)
    )
    share, scale = settings.get("ranks.fall_share"), formulas()
    wanted = {rank: asked(formula, "rep_total") for rank, formula in scale.items()}
    return {
        row.id: int(row.rank)
        for row in rows
        if (points := wanted.get(row.rank)) is not None and 100 * row.reputation < share * points
    }
