"""The sums of each day, written with the lines: pages read them where they would otherwise add up thousands of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select

from common import clock, i18n
from common.db import add_to, db
from rewards.ledger.models import Balance, DaySum, LedgerEntry
from rewards.ledger.rules import Account, CauseType, EntryKind, expiry_of

EARNED = (EntryKind.EARN, EntryKind.REVERSE)


def add(member_id: int, day: date, account: Account, kind: EntryKind, granted: int) -> None:
    """Add a line that was just written to its day. Inside the unit of work that writes it."""
    if account is Account.REPUTATION:
        changes = {"reputation": granted}
    else:
        lot = kind in EARNED or kind is EntryKind.REFUND or (kind is EntryKind.ADJUST and granted > 0)
        changes = {"earned": granted if kind in EARNED else 0, "lots": granted if lot else 0}
    if any(changes.values()):
        add_to(DaySum, {"member_id": member_id, "day": day}, **changes)


def _totals() -> tuple[Any, Any, Any]:
    """The three sums, as they follow from the lines."""
    e = LedgerEntry
    spendable = e.account == Account.SPENDABLE
    earned = (e.kind.in_(EARNED), e.cause_type != CauseType.LOT)  # an expiry that is undone was no earning
    came = or_(and_(*earned), e.kind == EntryKind.REFUND, and_(e.kind == EntryKind.ADJUST, e.granted > 0))

    def total(*criteria: Any) -> Any:
        return func.coalesce(func.sum(e.granted).filter(*criteria), 0)

    return total(~spendable), total(spendable, *earned), total(spendable, came)


def rebuild(member_ids: Sequence[int]) -> None:
    """Make the sums of these members' days anew. Their balance rows are locked. Two statements."""
    e = LedgerEntry
    db.session.execute(
        delete(DaySum).where(DaySum.member_id.in_(member_ids)).execution_options(synchronize_session=False)
    )
    lines = (
        select(e.member_id, e.effective_day, *_totals())
        .where(e.member_id.in_(member_ids), e.kind.not_in((EntryKind.SPEND, EntryKind.EXPIRE)))
        .group_by(e.member_id, e.effective_day)
    )
    columns = ["member_id", "day", "reputation", "earned", "lots"]
    db.session.execute(insert(DaySum).from_select(columns, lines, include_defaults=False))


def wrong() -> Iterator[tuple[int, int, int]]:
    """(member, sums kept, sums of the lines) where the two differ; all three sums and the days weighed in one figure."""
    e, d = LedgerEntry, DaySum
    reputation, earned, lots = _totals()
    real = (
        select(
            e.member_id, e.effective_day.label("day"), reputation.label("reputation"), earned.label("earned"), lots.label("lots")
        )
        .group_by(e.member_id, e.effective_day)
        .subquery()
    )  # fmt: skip
    differ = or_(
        func.coalesce(d.reputation, 0) != real.c.reputation,
        func.coalesce(d.earned, 0) != real.c.earned,
        func.coalesce(d.lots, 0) != real.c.lots,
    )
    rows = db.session.execute(
        select(real.c.member_id, func.coalesce(d.reputation + d.earned + d.lots, 0), real.c.reputation + real.c.earned + real.c.lots)
        .outerjoin(d, and_(d.member_id == real.c.member_id, d.day == real.c.day))
        .where(differ)
    )  # fmt: skip
    yield from (tuple(row) for row in rows)
    lines = select(e.id).where(e.member_id == d.member_id, e.effective_day == d.day).exists()
    alone = select(d.member_id, d.reputation + d.earned + d.lots).where(~lines)
    yield from ((member_id, kept, 0) for member_id, kept in db.session.execute(alone))


def oldest_lot(member_id: int, months: int) -> tuple[date, int] | None:
    """The day of the oldest points that are left, and how many of that day are used. One query.

    The oldest are used first, so what is left are the newest that add up to the balance.
    """
    first = i18n.local(expiry_of(clock.now(), -months - 1)).date()
    mine = (DaySum.member_id == member_id, DaySum.lots > 0, DaySum.day >= first)
    newer = func.sum(DaySum.lots).over(order_by=DaySum.day.desc())
    days = select(DaySum.day, newer.label("newer")).where(*mine).subquery()
    row = db.session.execute(
        select(days.c.day, days.c.newer - Balance.spendable)
        .join(Balance, Balance.member_id == member_id)
        .where(Balance.spendable > 0, days.c.newer >= Balance.spendable)
        .order_by(days.c.day.desc())
        .limit(1)
    ).first()
    return (row[0], int(row[1])) if row else None


def earned_from(first: date) -> Any:
    """Points to spend earned from a day on, of the balance row a query reads."""
    mine = (DaySum.member_id == Balance.member_id, DaySum.day >= first)
    return select(func.coalesce(func.sum(DaySum.earned), 0)).where(*mine).scalar_subquery()


def ripened_by(moment: datetime) -> Any:
    """Points that have become usable since the balance row a query reads was brought up to date."""
    e = LedgerEntry
    came = (e.available_at > Balance.matured_until, e.available_at <= moment)
    mine = (e.member_id == Balance.member_id, e.account == Account.SPENDABLE)
    return select(func.coalesce(func.sum(e.granted), 0)).where(*mine, *came).scalar_subquery()
