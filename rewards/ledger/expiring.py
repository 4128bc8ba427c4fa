"""Points to spend end twelve months after they were earned, the oldest first, once (domain/rewards.md §A1.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import aliased

from accounts.notifications.telling import tell
from common import clock, i18n, settings
from common.db import db
from common.unit_of_work import unit_of_work
from rewards.ledger import balances, booking, days
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account, CauseType, EntryKind, Lot, expiry_of, lots_left

_INCOMING = (EntryKind.EARN, EntryKind.ADJUST, EntryKind.MIGRATE, EntryKind.REFUND)
"""What makes a lot. Points that come back are a lot of their own: the one they were taken from may be past its time."""


def _warnings() -> list[timedelta]:
    """How long before the end owners are told, the shortest time first."""
    return sorted(timedelta(days=settings.get(f"rewards.expiry_{which}_days")) for which in ("first", "last"))


def lots_of(member_id: int) -> list[Lot]:
    """What is left of each lot a member has earned, the oldest first."""
    return lots_left(*_lots_and_use(member_id))


def next_expiry(member_id: int) -> tuple[datetime, int] | None:
    """When the oldest points that are left expire, and how many; None when none do. Two queries, one of a single day."""
    months = settings.get("rewards.expiry_months")
    oldest = days.oldest_lot(member_id, months) if months else None
    if oldest is None:
        return None
    day, used = oldest
    left = [
        lot for lot in lots_left(_lots(member_id, LedgerEntry.effective_day == day), used) if lot.left > 0
    ]
    return (expiry_of(left[0].earned_at, months), left[0].left) if left else None


def expire_due() -> int:
    """Let what is past its time expire. One unit of work a member; returns the number of lots."""
    months = settings.get("rewards.expiry_months")
    if not months:
        return 0
    now = clock.now()
    expired = 0
    for member_id in _members_with_old_lots(now, months):
        with unit_of_work():
            balances.lock([member_id])
            if balances.is_restricted(member_id, now):
                continue  # it waits while a measure is in force (domain/moderation.md §B4)
            over = [
                lot for lot in lots_of(member_id) if lot.left > 0 and expiry_of(lot.earned_at, months) <= now
            ]
            expired += booking.write_expiries(member_id, over)
    return expired


def warn_expiring() -> int:
    """Say what will be past its time in 30 days, and once more in 7 (§A1.3; settings). Returns how many members were told.

    The lots of a calendar week are one piece of news, so that somebody who helps every day is not told every day.
    """
    months = settings.get("rewards.expiry_months")
    if not months:
        return 0
    now, told = clock.now(), 0
    for member_id in _members_with_old_lots(now + _warnings()[-1], months):
        with unit_of_work():
            lots = [(expiry_of(lot.earned_at, months), lot.left) for lot in lots_of(member_id)]
            told += _warn(member_id, [(at, left) for at, left in lots if left > 0 and at > now], now)
    return told


def _warn(member_id: int, lots: list[tuple[datetime, int]], now: datetime) -> bool:
    for ahead in _warnings():
        due = [at for at, _left in lots if at <= now + ahead]
        if not due:
            continue
        day = i18n.local(min(due)).date()
        last = day + timedelta(days=6 - day.weekday())
        points = sum(left for at, left in lots if i18n.local(at).date() <= last)
        week = f"expiring:{ahead.days}:{day.isocalendar().year}-{day.isocalendar().week}"
        told = tell(member_id, "points-expiring", week, points=points, day=day.isoformat())
        return told is not None
    return False


def _members_with_old_lots(now: datetime, months: int) -> list[int]:
    entry, gone = LedgerEntry, aliased(LedgerEntry)
    before = expiry_of(now, -months)
    undone = select(gone.id).where(gone.reverses_id == entry.id)
    expired = _expired(entry)
    query = (
        select(entry.member_id)
        .join(Balance, Balance.member_id == entry.member_id)
        .where(
            entry.account == Account.SPENDABLE, entry.kind.in_(_INCOMING), entry.granted > 0,
            entry.occurred_at <= before, Balance.spendable > 0, ~undone.exists(),
            ~expired.exists(),
        )
        .distinct()
        .order_by(entry.member_id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def _expired(entry: Any) -> Select[Any]:
    """The expiry of a lot. The columns of the unique key in their order: each lot is one look into the index."""
    gone = aliased(LedgerEntry)
    return select(gone.id).where(
        gone.member_id == entry.member_id,
        gone.account == Account.SPENDABLE,
        gone.cause_type == CauseType.LOT,
        gone.cause_id == cast(entry.id, String),
    )


def _lots_and_use(member_id: int) -> tuple[list[Lot], int]:
    """Lots are earned lines that stand and have not expired: what had been used of those is closed with them. What the others
    come to beyond the balance is use."""
    lots = _lots(member_id, ~_expired(LedgerEntry).exists())
    total = db.session.scalar(select(Balance.spendable).where(Balance.member_id == member_id)) or 0
    return lots, sum(lot.left for lot in lots) - total


def _lots(member_id: int, *criteria: Any) -> list[Lot]:
    e, undone = LedgerEntry, aliased(LedgerEntry)
    stands = ~select(undone.id).where(undone.reverses_id == e.id).exists()
    rows = db.session.execute(
        select(e.id, e.occurred_at, e.granted).where(
            e.member_id == member_id, e.account == Account.SPENDABLE, e.kind.in_(_INCOMING), e.granted > 0, stands, *criteria
        )
    )  # fmt: skip
    return [Lot(row.id, row.occurred_at, row.granted) for row in rows]
