"""A measure was wrong: what was earned while it was in force, and brought nothing, brings its points after all.

Source: domain/moderation.md §B4 (overturned: entries re-awarded).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rewards.ledger import balances, booking
from rewards.ledger.booking import Line
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import CAPPED, Account, Amounts, Cause, Pay, Rule, Withheld

Span = tuple[datetime, datetime]


def pay_withheld(member_id: int, wrong: Span, right: Iterable[Span], actor_id: int | None) -> int:
    """Book anew what was withheld from a member in the time of a ``wrong`` measure, on its own days and under their caps;
    but for the times of measures that were ``right``. Returns for how many acts. Inside the open unit of work."""
    balances.lock([member_id])
    e, kept = LedgerEntry, list(right)
    withheld = booking.live_lines(
        e.member_id == member_id, e.note == Withheld.RESTRICTED.value, e.occurred_at >= wrong[0], e.occurred_at <= wrong[1]
    )  # fmt: skip
    acts: dict[Cause, list[Line]] = {}
    for line in withheld:
        if not any(since <= line.occurred_at <= until for since, until in kept):
            acts.setdefault(line.cause, []).append(line)
    for cause, lines in acts.items():
        booking.reverse(lines, actor_id, "made-whole")
        asked = {line.account: line.requested for line in lines}
        amounts = Amounts(asked.get(Account.REPUTATION, 0), asked.get(Account.SPENDABLE, 0))
        one = lines[0]
        rule = Rule(one.rule_key, amounts, one.rule_key in CAPPED, one.rule_version)
        booking.credit(
            member_id,
            rule,
            cause,
            Pay(amounts, amounts),
            one.place,
            one.actor_id,
            occurred_at=one.occurred_at,
        )
    return len(acts)
