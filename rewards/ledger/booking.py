"""Write lines: earn, undo, spend, give back. The only writer of the ledger besides the import.

Everything here needs an open unit of work and takes the member's balance row first. A line's cause is unique,
so a repeated act finds its line; an undo is a second line that names the first (domain/rewards.md §A1.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import aliased

from common import clock, i18n
from common.db import db, insert_many, insert_once
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work
from rewards.events import PointsBooked
from rewards.ledger import balances, days
from rewards.ledger.limits import limits
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import (
    ADJUST,
    CAPPED,
    EXPIRY,
    MONTHLY_EXEMPT,
    REFUND,
    SPEND,
    Account,
    Amounts,
    Cause,
    CauseType,
    EntryKind,
    Lot,
    Pay,
    Rule,
    Used,
    after_toggles,
    available_at,
    fit,
    while_restricted,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the forum an act happened, for subtotals and for undoing by post."""

    post_id: int | None = None
    question_id: int | None = None
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read: what undoing or bringing back needs."""

    id: int
    member_id: int
    account: Account
    requested: int
    granted: int
    cause: Cause
    seq: int
    rule_key: str
    rule_version: int
    place: Place
    occurred_at: datetime
    effective_day: date
    available_at: datetime
    actor_id: int | None
    note: str


def credit(
    member_id: int,
    rule: Rule,
    cause: Cause,
    pay: Pay,
    place: Place,
    actor_id: int | None,
    occurred_at: datetime | None = None,
) -> list[int]:
    """Book what an act earns; the same live cause earns nothing more. Returns the new lines' ids.

    ``pay`` comes from the rules; the daily and monthly caps are applied here, under the member's lock.
    """
    balances.lock([member_id])
    seq, live = _last(member_id, cause)
    if live:
        return []
    now = clock.now()
    occurred_at = occurred_at or now
    bounds = limits()
    if seq:
        pay = after_toggles(pay, _earned_since(member_id, cause, now - bounds.toggle_window), bounds)
    day = i18n.local(occurred_at).date()
    if balances.is_restricted(member_id, now):
        pay = while_restricted(pay)
    used = used_on(member_id, day)
    fitted = fit(pay, capped=rule.capped, used=used, limits=bounds, in_month=rule.key not in MONTHLY_EXEMPT)
    written = []
    for account in Account:
        if not rule.amounts.of(account) and (rule.amounts or account is Account.SPENDABLE):
            continue  # a rule that brings nothing leaves a line all the same, for another table to find
        written.append(
            _write(
                member_id, account, EntryKind.EARN, fitted.requested.of(account), fitted.payable.of(account),
                rule_key=rule.key, rule_version=rule.version, cause=cause, seq=seq + 1, place=place, occurred_at=occurred_at,
                effective_day=day, available_at=available_at(account, occurred_at, bounds), actor_id=actor_id,
                note=fitted.withheld.value if fitted.withheld else "",
            )
        )  # fmt: skip
    if seq:
        _end_again(member_id, cause)
    return [entry_id for entry_id in written if entry_id is not None]


def reverse(lines: list[Line], actor_id: int | None, note: str, rule_key: str | None = None) -> int:
    """Undo live lines, each once and by exactly what it granted. Returns how many were undone now.

    What had expired of such a line is not taken a second time: its expiry is undone with it.
    ``rule_key``: the rule that takes them back, where that is not their own (`fraud.V1`).
    """
    balances.lock(line.member_id for line in lines)
    undone = 0
    for line in lines:
        written = _write(
            line.member_id, line.account, EntryKind.REVERSE, -line.granted, -line.granted, rule_key=rule_key or line.rule_key,
            rule_version=line.rule_version, cause=line.cause, seq=line.seq, place=line.place, occurred_at=clock.now(),
            effective_day=line.effective_day, available_at=line.available_at, actor_id=actor_id, note=note,
            reverses_id=line.id,
        )  # fmt: skip
        undone += written is not None
    _undo_expiries({line.id: line for line in lines if line.account is Account.SPENDABLE}, actor_id, note)
    return undone


def _undo_expiries(lots: dict[int, Line], actor_id: int | None, note: str) -> None:
    """Give back what these undone lots lost to time, so that no more is taken than was left of them or spent."""
    if not lots:
        return
    e, now = LedgerEntry, clock.now()
    theirs = (e.cause_type == CauseType.LOT, e.cause_id.in_(map(str, lots)), e.kind == EntryKind.EXPIRE)
    rows = db.session.execute(select(e.id, e.cause_id, e.cause_seq, e.granted).where(*theirs)).all()
    for row in rows:
        line = lots[int(row.cause_id)]
        _write(
            line.member_id, Account.SPENDABLE, EntryKind.REVERSE, -row.granted, -row.granted, rule_key=EXPIRY, rule_version=1,
            cause=Cause(CauseType.LOT, row.cause_id), seq=row.cause_seq, place=line.place, occurred_at=now,
            effective_day=line.effective_day, available_at=now, actor_id=actor_id, note=note, reverses_id=row.id,
        )  # fmt: skip


def _end_again(member_id: int, cause: Cause) -> None:
    """An act that was undone earns anew: what had expired of its points the last time stays expired."""
    e, gone = LedgerEntry, aliased(LedgerEntry)
    mine = (e.member_id == member_id, e.account == Account.SPENDABLE, *_of(cause), e.kind == EntryKind.EARN)
    lots = db.session.execute(
        select(e.id, e.occurred_at, e.granted, gone.granted.label("expired"))
        .outerjoin(gone, (gone.cause_type == CauseType.LOT) & (gone.cause_id == cast(e.id, String)) & (gone.kind == EntryKind.EXPIRE))
        .where(*mine)
        .order_by(e.cause_seq.desc())
        .limit(2)
    ).all()  # fmt: skip
    if len(lots) == 2 and lots[0].expired is None and lots[1].expired:
        left = min(lots[0].granted, -lots[1].expired)
        write_expiries(member_id, [Lot(lots[0].id, lots[0].occurred_at, left)] if left else [])


def reverse_cause(cause: Cause, actor_id: int | None, note: str) -> int:
    """Undo every live line of a cause, whoever earned it."""
    return reverse(live_lines(*_of(cause)), actor_id, note)


def bring_back(line: Line, actor_id: int | None, amounts: int | None = None) -> int | None:
    """Book an undone line again at its original day, exempt from today's caps (a removal was overturned)."""
    balances.lock([line.member_id])
    seq, live = _last(line.member_id, line.cause, line.account)
    if live:
        return None
    requested = line.requested if amounts is None else amounts
    granted = line.granted if amounts is None else amounts
    written = _write(
        line.member_id, line.account, EntryKind.EARN, requested, granted, rule_key=line.rule_key,
        rule_version=line.rule_version, cause=line.cause, seq=seq + 1, place=line.place, occurred_at=line.occurred_at,
        effective_day=line.effective_day, available_at=line.available_at, actor_id=actor_id, note=line.note,
        restores_id=line.id,
    )  # fmt: skip
    if line.account is Account.SPENDABLE:
        _end_again(line.member_id, line.cause)
    return written


def spend(actor: Actor, cost: int, cause: Cause, note: str = "") -> int | None:
    """Take points from the actor's own available ones. None when this very cause was paid before.

    Raises :class:`Conflict` when there are not enough, and changes nothing then.
    """
    if actor.member_id is None or cost <= 0:
        raise Invalid(_("There is nothing to pay."))
    with unit_of_work():
        balances.lock([actor.member_id])
        if _known(actor.member_id, cause, EntryKind.SPEND):
            return None
        have = balances.available(actor.member_id)
        if have < cost:
            raise Conflict(
                _("You have %(have)s points to spend and this costs %(cost)s.", have=max(0, have), cost=cost)
            )
        now = clock.now()
        return _write(
            actor.member_id, Account.SPENDABLE, EntryKind.SPEND, -cost, -cost, rule_key=SPEND, rule_version=1,
            cause=cause, seq=1, place=Place(), occurred_at=now, effective_day=i18n.local(now).date(), available_at=now,
            actor_id=actor.member_id, note=note,
        )  # fmt: skip


def refund(member_id: int, cause: Cause, actor_id: int | None, note: str = "") -> int | None:
    """Give back what was spent for a cause, once. None when nothing was, or it was given back already."""
    with unit_of_work():
        balances.lock([member_id])
        paid = db.session.execute(
            select(LedgerEntry.id, LedgerEntry.granted).where(
                LedgerEntry.member_id == member_id, *_of(cause), LedgerEntry.kind == EntryKind.SPEND
            )
        ).first()
        if paid is None:
            return None
        now = clock.now()
        return _write(
            member_id, Account.SPENDABLE, EntryKind.REFUND, -paid.granted, -paid.granted, rule_key=REFUND, rule_version=1,
            cause=cause, seq=1, place=Place(), occurred_at=now, effective_day=i18n.local(now).date(), available_at=now,
            actor_id=actor_id, note=note, reverses_id=paid.id,
        )  # fmt: skip


def adjust(actor: Actor, member_id: int, amounts: Amounts, key: str, reason: str) -> list[int]:
    """A manual line by a manager, with a reason; the same ``key`` is booked once (rule ``staff.adjust``)."""
    if not actor.is_manager:
        raise Invalid(_("Only a manager may book points by hand."))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    cause, now = Cause(CauseType.ADJUSTMENT, key[:80]), clock.now()
    with unit_of_work():
        balances.lock([member_id])
        written = [
            _write(
                member_id, account, EntryKind.ADJUST, amounts.of(account), amounts.of(account), rule_key=ADJUST,
                rule_version=1, cause=cause, seq=1, place=Place(), occurred_at=now, effective_day=i18n.local(now).date(),
                available_at=now, actor_id=actor.member_id, note=reason.strip()[:300],
            )
            for account in Account
            if amounts.of(account)
        ]  # fmt: skip
    return [entry_id for entry_id in written if entry_id is not None]


def write_expiries(member_id: int, lots: list[Lot]) -> int:
    """Let what is left of these lots expire. The member is locked, so no lot can expire twice."""
    now = clock.now()
    day = i18n.local(now).date()
    rows = [
        {
            "member_id": member_id, "account": Account.SPENDABLE, "kind": EntryKind.EXPIRE, "requested": -lot.left,
            "granted": -lot.left, "rule_key": EXPIRY, "rule_version": 1, "cause_type": CauseType.LOT,
            "cause_id": str(lot.entry_id), "cause_seq": 1, "occurred_at": now, "effective_day": day, "available_at": now,
            "created_at": now, "note": "",
        }
        for lot in lots
    ]  # fmt: skip
    insert_many(LedgerEntry, rows)
    balances.add(member_id, Account.SPENDABLE, -sum(lot.left for lot in lots), now)
    return len(rows)


# --- reading lines ----------------------------------------------------------------------------------------------


def live_lines(*criteria: Any) -> list[Line]:
    """Earned lines that nothing has undone."""
    undone = aliased(LedgerEntry)
    return _lines(
        *criteria,
        LedgerEntry.kind == EntryKind.EARN,
        ~select(undone.id).where(undone.reverses_id == LedgerEntry.id).exists(),
    )


def last_undone_lines(*criteria: Any) -> list[Line]:
    """For each cause and account without a live line, the last line that was undone."""
    latest: dict[tuple[int, Account, Cause], Line] = {}
    for line in _lines(*criteria, LedgerEntry.kind == EntryKind.EARN):
        key = (line.member_id, line.account, line.cause)
        if key not in latest or latest[key].seq < line.seq:
            latest[key] = line
    alive = {line.id for line in live_lines(*criteria)}
    return [line for line in latest.values() if line.id not in alive]


def _lines(*criteria: Any) -> list[Line]:
    e = LedgerEntry
    rows = db.session.execute(
        select(
            e.id, e.member_id, e.account, e.requested, e.granted, e.cause_type, e.cause_id, e.cause_seq, e.rule_key,
            e.rule_version, e.post_id, e.question_id, e.category_id, e.occurred_at, e.effective_day, e.available_at,
            e.actor_id, e.note,
        ).where(*criteria).order_by(e.id)
    )  # fmt: skip
    return [
        Line(
            r.id, r.member_id, r.account, r.requested, r.granted, Cause(r.cause_type, r.cause_id), r.cause_seq, r.rule_key,
            r.rule_version, Place(r.post_id, r.question_id, r.category_id), r.occurred_at, r.effective_day,
            r.available_at, r.actor_id, r.note,
        )
        for r in rows
    ]  # fmt: skip


def used_on(member_id: int, day: date) -> Used:
    """What of the caps a member has used on a civil day, and in its month. A line brought back uses none."""
    e = LedgerEntry
    capped = e.rule_key.in_(CAPPED) & (e.effective_day == day)
    month = day.replace(day=1)
    exempt = e.rule_key.not_in(MONTHLY_EXEMPT)
    row = db.session.execute(
        select(
            func.coalesce(func.sum(e.granted).filter(capped, e.account == Account.REPUTATION), 0),
            func.coalesce(func.sum(e.granted).filter(capped, e.account == Account.SPENDABLE), 0),
            func.coalesce(func.sum(e.granted).filter(exempt, e.account == Account.SPENDABLE), 0),
        ).where(
            e.member_id == member_id, e.kind == EntryKind.EARN, e.restores_id.is_(None), e.effective_day >= month,
            e.effective_day < (month.replace(day=28) + _FIVE_DAYS).replace(day=1),
        )
    ).one()  # fmt: skip
    return Used(Amounts(row[0], row[1]), row[2])


_FIVE_DAYS = date(2000, 1, 6) - date(2000, 1, 1)


def _of(cause: Cause) -> tuple[Any, Any]:
    return LedgerEntry.cause_type == cause.type, LedgerEntry.cause_id == cause.id


def _last(member_id: int, cause: Cause, account: Account | None = None) -> tuple[int, bool]:
    """The highest number of a cause's earned lines, and whether one of them is live."""
    undone = aliased(LedgerEntry)
    query = (
        select(LedgerEntry.cause_seq, undone.id)
        .outerjoin(undone, undone.reverses_id == LedgerEntry.id)
        .where(LedgerEntry.member_id == member_id, *_of(cause), LedgerEntry.kind == EntryKind.EARN)
    )
    if account is not None:
        query = query.where(LedgerEntry.account == account)
    rows = db.session.execute(query).all()
    return max((seq for seq, _undone in rows), default=0), any(undone_id is None for _seq, undone_id in rows)


def _known(member_id: int, cause: Cause, kind: EntryKind) -> bool:
    wanted = (LedgerEntry.member_id == member_id, *_of(cause), LedgerEntry.kind == kind)
    return db.session.scalar(select(LedgerEntry.id).where(*wanted).limit(1)) is not None


def _earned_since(member_id: int, cause: Cause, since: datetime) -> int:
    e = LedgerEntry
    wanted = (
        e.member_id == member_id,
        *_of(cause),
        e.kind == EntryKind.EARN,
        e.created_at > since,
        e.restores_id.is_(None),
    )
    return db.session.scalar(select(func.count(e.cause_seq.distinct())).where(*wanted)) or 0


def _write(
    member_id: int, account: Account, kind: EntryKind, requested: int, granted: int, *, cause: Cause, seq: int, place: Place,
    available_at: datetime, **values: Any,
) -> int | None:  # fmt: skip
    entry_id = insert_once(
        LedgerEntry, member_id=member_id, account=account, kind=kind, requested=requested, granted=granted,
        cause_type=cause.type, cause_id=cause.id, cause_seq=seq, post_id=place.post_id, question_id=place.question_id,
        category_id=place.category_id, available_at=available_at, created_at=clock.now(), **values,
    )  # fmt: skip
    if entry_id is not None:
        balances.add(member_id, account, granted, available_at)
        if cause.type is not CauseType.LOT:
            days.add(member_id, values["effective_day"], account, kind, granted)
        record(PointsBooked(member_id, account.value, granted, entry_id))
    return entry_id
