"""The one way points lower a rank: what was earned by abuse was annulled, and 30 days later it is still missing.

Source: domain/rewards.md §A2.2 (c): below 90 % of the rank's own threshold, after 30 days of grace. Leaving, spending and
ordinary removals never do. Ranks that rest on a mandate end with the mandate.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import clock, settings
from common.db import affected, db, insert_once
from common.i18n import _
from common.unit_of_work import unit_of_work
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account, EntryKind
from rewards.ranks import metrics, ranking
from rewards.ranks.models import Mandate, RankGrace, Why
from rewards.ranks.rules import earned_rank, needed
from rewards.ranks.scale import formulas

settings.define(
    "ranks.fall_share",
    90,
    unit="%",
    low=0,
    high=100,
    help=_("Share of a rank’s points below which annulled points lower it."),
)
settings.define(
    "ranks.grace_days",
    30,
    unit=_("days"),
    low=1,
    high=365,
    help=_("Time to earn back what was annulled before a rank falls."),
)
LOOKED_BACK = timedelta(days=2)


def look_for_falls() -> tuple[int, int]:
    """Begin the grace of members whose annulled points are missing, and end those that are over.

    Returns (begun, fallen). Called again, it changes nothing.
    """
    begun = sum(_begin(member_id) for member_id in _annulled_lately())
    fallen = 0
    due = select(RankGrace.member_id).where(RankGrace.until <= clock.now()).order_by(RankGrace.member_id)
    for member_id in list(db.session.scalars(due)):
        fallen += _end(member_id)
    return begun, fallen


def _annulled_lately() -> list[int]:
    e = LedgerEntry
    annulled = (e.kind == EntryKind.REVERSE, e.account == Account.REPUTATION, e.rule_key.like("fraud.%"))
    lately = e.occurred_at > clock.now() - LOOKED_BACK
    return sorted(db.session.scalars(select(e.member_id).where(*annulled, lately).distinct()))


def _begin(member_id: int) -> bool:
    with unit_of_work():
        rank = _too_high(member_id)
        if rank is None:
            return False
        until = clock.now() + timedelta(days=settings.get("ranks.grace_days"))
        if insert_once(RankGrace, member_id=member_id, rank=rank, until=until) is None:
            return False
        tell(member_id, "rank-grace", f"rank-grace:{until:%Y%m%d}", rank=rank, day=until.date().isoformat())
    return True


def _end(member_id: int) -> bool:
    with unit_of_work():
        over = (RankGrace.member_id == member_id, RankGrace.until <= clock.now())
        if not affected(db.session.execute(delete(RankGrace).where(*over))):
            return False
        rank = _too_high(member_id)
        if rank is None:
            return False
        earned = earned_rank(formulas(), metrics.of([member_id]).get(member_id, {}))
        return earned < rank and ranking.move(member_id, rank, earned, why=Why.FRAUD)


def _too_high(member_id: int) -> int | None:
    """The rank a member stands at when their points are too far below what it asks for; None when all is well."""
    row = db.session.execute(
        select(Member.rank, Balance.reputation)
        .join(Balance, Balance.member_id == Member.id)
        .outerjoin(Mandate, Mandate.member_id == Member.id)
        .where(Member.id == member_id, Member.closed_at.is_(None), Mandate.member_id.is_(None))
    ).first()
    formula = formulas().get(row.rank) if row else None
    wanted = needed(formula, "rep_total") if formula else None
    if row is None or wanted is None or 100 * row.reputation >= settings.get("ranks.fall_share") * wanted:
        return None
    return int(row.rank)
