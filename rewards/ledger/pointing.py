"""What a member earns by pointing out a duplicate, by a report that was right, and loses when it was none.

Source: domain/rewards.md §A1.2, `dup.linked` and `flag.upheld`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_, select

from common import clock, i18n
from common.db import db
from rewards.ledger import balances, booking, truth
from rewards.ledger.booking import Place
from rewards.ledger.limits import limits, rule
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, Cause, CauseType, EntryKind, numbered_pay


def settle_hint(hint_id: int, actor_id: int | None = None) -> None:
    """Make the ledger agree with what became of a hint, inside the open unit of work."""
    found = truth.hint(hint_id)
    if found is None:
        return
    cause, facts = Cause(CauseType.DUPLICATE, str(hint_id)), truth.post(found.question_id)
    balances.lock([found.member_id])
    if not found.holds or facts is None or not facts.visible:
        booking.reverse_cause(cause, actor_id, "undone")
        return
    paid = rule("dup.linked")
    already = paid_lately(found.member_id, paid.key)
    pay = numbered_pay(paid, staff=found.is_staff, paid=already, most=limits().duplicates_a_day)
    place = Place(found.question_id, found.question_id, facts.category_id)
    booking.credit(found.member_id, paid, cause, pay, place, actor_id)


def settle_report(key: str, member_id: int, staff: bool, upheld: bool, actor_id: int | None = None) -> None:
    """What a report that a moderator found right brings (`flag.upheld`), inside the open unit of work.

    ``key`` names the report for ever. The line stands at no post: the removal of what was reported takes nothing back.
    """
    cause = Cause(CauseType.REPORT, key)
    balances.lock([member_id])
    if not upheld:
        booking.reverse_cause(cause, actor_id, "undone")
        return
    paid = rule("flag.upheld")
    today = paid_lately(member_id, paid.key)
    pay = numbered_pay(paid, staff=staff, paid=today, most=limits().reports_a_day)
    booking.credit(member_id, paid, cause, pay, Place(), actor_id)


def paid_lately(member_id: int, rule_key: str, days: int = 1, but: str = "") -> int:
    """Acts of so many days, today the last, that had their turn under a rule; one that only the daily cap cut has had it
    too. ``but``: the cause that is not counted."""
    e, first = LedgerEntry, i18n.local(clock.now()).date() - timedelta(days=days - 1)
    wanted = (
        e.member_id == member_id, e.rule_key == rule_key, e.kind == EntryKind.EARN, e.effective_day >= first,
        e.account == Account.REPUTATION, e.cause_id != but, e.restores_id.is_(None), or_(e.granted > 0, e.note == "cap-day"),
    )  # fmt: skip
    return db.session.scalar(select(func.count()).where(*wanted)) or 0
