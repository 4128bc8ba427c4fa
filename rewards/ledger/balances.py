"""A member's sums: the row lock, what matures, and the cached figures on the member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from accounts.members.models import Member
from common import clock
from common.db import db, insert_many, insert_once
from common.unit_of_work import unit_of_work
from rewards.ledger import days
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account

SHARE = 500


def lock(member_ids: Iterable[int | None]) -> None:
    """Take the balance rows of these members, in one order for all, and bring them up to now.

    Inside an open unit of work. What is read afterwards of these members' lines cannot change any more.
    """
    wanted = sorted({member_id for member_id in member_ids if member_id is not None})
    if not wanted:
        return
    known = set(db.session.scalars(select(Balance.member_id).where(Balance.member_id.in_(wanted))))
    for member_id in wanted:
        if member_id not in known:
            insert_once(Balance, member_id=member_id, matured_until=clock.now())
    rows = db.session.execute(
        select(Balance.member_id, Balance.matured_until)
        .where(Balance.member_id.in_(wanted))
        .order_by(Balance.member_id)
        .with_for_update()
    ).all()
    for member_id, until in rows:
        _mature(member_id, until)


def hold(member_ids: Iterable[int]) -> None:
    """Only the row locks, for many members at once: what they are given elsewhere waits until this transaction is over."""
    wanted = sorted(set(member_ids))
    insert_many(Balance, [{"member_id": one, "matured_until": clock.now()} for one in wanted], once=True)
    rows = select(Balance.member_id).where(Balance.member_id.in_(wanted))
    db.session.execute(rows.order_by(Balance.member_id).with_for_update()).all()


def _mature(member_id: int, until: datetime) -> None:
    now = clock.now()
    if now <= until:
        return
    came = db.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.granted), 0)).where(
            LedgerEntry.member_id == member_id,
            LedgerEntry.account == Account.SPENDABLE,
            LedgerEntry.available_at > until,
            LedgerEntry.available_at <= now,
        )
    )
    db.session.execute(
        update(Balance)
        .where(Balance.member_id == member_id)
        .values(matured=Balance.matured + came, matured_until=now)
        .execution_options(synchronize_session=False)
    )
    if came:
        _copy_to_member(member_id)


def add(member_id: int, account: Account, granted: int, available_at: datetime) -> None:
    """Add a line that was just written to the sums of a locked member."""
    if not granted:
        return
    until = db.session.scalars(select(Balance.matured_until).where(Balance.member_id == member_id)).one()
    changes: dict[str, object]
    if account is Account.REPUTATION:
        changes = {"reputation": Balance.reputation + granted}
    elif available_at <= until:
        changes = {"spendable": Balance.spendable + granted, "matured": Balance.matured + granted}
    else:
        changes = {"spendable": Balance.spendable + granted}
    statement = update(Balance).where(Balance.member_id == member_id).values(**changes)
    db.session.execute(statement.execution_options(synchronize_session=False))
    if account is Account.SPENDABLE and available_at > until:
        _mature(member_id, until)  # counts the new line when it can be used at once
    _copy_to_member(member_id, has_news=account is Account.REPUTATION and granted > 0)


def _copy_to_member(member_id: int, has_news: bool = False) -> None:
    """The cached figures on the member always equal the balance row. The ledger is their only writer.

    ``has_news``: points were earned, which the member's next page tells in passing (`rewards.toasts`).
    """
    row = select(Balance.reputation, Balance.matured).where(Balance.member_id == member_id)
    reputation, matured = db.session.execute(row).one()
    news = {"has_point_news": True} if has_news else {}
    db.session.execute(
        update(Member)
        .where(Member.id == member_id)
        .values(points=reputation, points_available=matured, **news)
        .execution_options(synchronize_session=False)
    )
    known = db.session.identity_map.get(db.session.identity_key(Member, member_id))
    if known is not None:
        db.session.expire(known)


def available(member_id: int) -> int:
    """What a locked member can spend now."""
    return db.session.scalar(select(Balance.matured).where(Balance.member_id == member_id)) or 0


def is_restricted(member_id: int, at: datetime) -> bool:
    """Whether a measure against the account is in force."""
    read = select(Member.silenced_until, Member.suspended_until).where(Member.id == member_id)
    return any(until is not None and until > at for until in db.session.execute(read).one())


def rebuild(member_ids: Iterable[int], progress: Callable[[int], None] = lambda _done: None) -> None:
    """Make the sums of these members anew from their lines, in one transaction for every few hundred."""
    wanted = sorted(set(member_ids))
    for start in range(0, len(wanted), SHARE):
        part = wanted[start : start + SHARE]
        with unit_of_work():
            _hold(part)
            sums = _sums_of(part)
            rows = [(member_id, *sums.get(member_id, (0, 0, 0))) for member_id in part]
            balance, member = Balance.__table__, Member.__table__
            db.session.execute(
                update(balance)
                .where(balance.c.member_id == bindparam("of"))
                .values(reputation=bindparam("rep"), spendable=bindparam("all"), matured=bindparam("ripe")),
                [
                    {"of": who, "rep": rep, "all": spendable, "ripe": ripe}
                    for who, rep, spendable, ripe in rows
                ],
            )
            db.session.execute(
                update(member)
                .where(member.c.id == bindparam("of"))
                .values(points=bindparam("rep"), points_available=bindparam("ripe")),
                [{"of": who, "rep": rep, "ripe": ripe} for who, rep, _spendable, ripe in rows],
            )
            days.rebuild(part)
            db.session.expire_all()
        progress(len(part))


def _hold(member_ids: list[int]) -> None:
    """Take the balance rows of many members, made where they are missing, as they stand now: few statements."""
    now = clock.now()
    insert_many(Balance, [{"member_id": who, "matured_until": now} for who in member_ids], once=True)
    mine = Balance.member_id.in_(member_ids)
    db.session.execute(
        select(Balance.member_id).where(mine).order_by(Balance.member_id).with_for_update()
    ).all()
    db.session.execute(
        update(Balance)
        .where(mine, Balance.matured_until < now)
        .values(matured_until=now)
        .execution_options(synchronize_session=False)
    )


def _sums_of(member_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    entry = LedgerEntry
    spendable = entry.account == Account.SPENDABLE
    granted = func.coalesce(func.sum(entry.granted).filter(~spendable), 0)
    # What counts as matured is decided by the row's own mark, so that nothing is counted twice or never.
    matured = spendable & (entry.available_at <= Balance.matured_until)
    rows = db.session.execute(
        select(
            entry.member_id,
            granted,
            func.coalesce(func.sum(entry.granted).filter(spendable), 0),
            func.coalesce(func.sum(entry.granted).filter(matured), 0),
        )
        .join(Balance, Balance.member_id == entry.member_id)
        .where(entry.member_id.in_(member_ids))
        .group_by(entry.member_id)
    )
    return {member_id: (rep, sp, ripe) for member_id, rep, sp, ripe in rows}


def mature_due(limit: int = 2000) -> int:
    """Bring the cached figures of members up to date whose points have become usable. Returns how many."""
    now = clock.now()
    due = select(LedgerEntry.member_id).join(Balance, Balance.member_id == LedgerEntry.member_id)
    due = due.where(
        LedgerEntry.account == Account.SPENDABLE,
        LedgerEntry.available_at <= now,
        LedgerEntry.available_at > Balance.matured_until,
    )
    members = list(db.session.scalars(due.distinct().order_by(LedgerEntry.member_id).limit(limit)))
    for member_id in members:
        with unit_of_work():
            lock([member_id])
    return len(members)
