"""What lines would be worth by another table of points: the same acts, in the same order, under the same caps.

Pure. One function serves the trial of a new table (members see both totals) and the batch that books past acts anew
(domain/rewards.md §A1.3). Counted with the very table in force, every line is worth what it granted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from rewards.ledger.rules import (
    Account,
    Amounts,
    CauseType,
    Limits,
    Rule,
    Withheld,
    fit_one,
)

FIRST = 1
"""The number of the default table."""

MOST = 10_000
_ROOM_LEFT = frozenset({"", Withheld.CAP_DAY, Withheld.CAP_MONTH, Withheld.TOP_UP})
_RECOGNITIONS = frozenset({CauseType.ACCEPTED, CauseType.ENDORSED})

_BOTH = tuple(Account)

Worth = tuple[int, Account]
"""A line's id and an account: an act whose table line had nothing for one account can be worth something there."""


class Earned(NamedTuple):
    """An earned line, as far as counting anew needs it. ``live``: nothing has undone it."""

    id: int
    account: Account
    rule_key: str
    cause_type: CauseType
    cause_id: str
    post_id: int | None
    day: date
    granted: int
    note: str
    restores: int | None
    live: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A live line that another table would have granted otherwise."""

    line_id: int
    account: Account
    was: int
    now: int


@dataclass
class _Count:
    table: Mapping[str, Rule]
    limits: Limits
    days: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    months: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    worth: dict[Worth, int] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    recognised: dict[tuple[int, CauseType], dict[Account, int]] = field(default_factory=dict)

    def line(self, line: Earned, account: Account, since: date) -> int:
        """What a line is worth in an account; what it uses of the caps is remembered."""
        rule = self.table.get(line.rule_key)
        if rule is None or line.day < since:
            worth = line.granted if account is line.account else 0
        elif line.restores is not None and (line.restores, account) in self.worth:
            made_whole = line.note == "" and self.notes[line.restores] != ""
            worth = rule.amounts.of(account) if made_whole else self.worth[line.restores, account]
        elif line.restores is not None and account is line.account:
            worth = line.granted
        elif line.note not in _ROOM_LEFT or line.restores is not None:
            worth = 0
        else:
            worth = self._fitted(line, rule, account)
        if line.restores is None:
            self._use(line, rule, account, worth)
        return worth

    def _fitted(self, line: Earned, rule: Rule, account: Account) -> int:
        asked = rule.amounts.of(account)
        if line.note == Withheld.TOP_UP:
            full = self.table["answer.accepted"].amounts.of(account)
            asked = max(0, min(asked, full - self._other(line).get(account, 0)))
        day = self.days[line.day] if rule.capped else (0, 0)
        used = self.months[line.day.year, line.day.month]
        return fit_one(asked, account, rule.capped, day, used, self.limits)

    def _other(self, line: Earned) -> dict[Account, int]:
        other = CauseType.ENDORSED if line.cause_type is CauseType.ACCEPTED else CauseType.ACCEPTED
        return self.recognised.get((line.post_id or 0, other), {})

    def _use(self, line: Earned, rule: Rule | None, account: Account, worth: int) -> None:
        if rule is not None and rule.capped:
            self.days[line.day][0 if account is Account.REPUTATION else 1] += worth
        if account is Account.SPENDABLE:
            self.months[line.day.year, line.day.month] += worth


def recount(
    lines: Iterable[Earned], table: Mapping[str, Rule], limits: Limits, since: date
) -> dict[Worth, int]:
    """What each of one member's lines is worth by a table, from a day on; older ones only use up their caps.

    ``lines`` stand in the order they were written. An act refused by its own limits stays refused.
    """
    count, given = _Count(table, limits), list(lines)
    both = {(line.cause_type, line.cause_id, line.account) for line in given if line.restores is None}
    for line in given:
        other = Account.SPENDABLE if line.account is Account.REPUTATION else Account.REPUTATION
        alone = (line.cause_type, line.cause_id, other) not in both
        named = line.rule_key in table and table[line.rule_key].amounts.of(other)
        if alone and not named:
            count.worth[line.id, other] = 0
        for account in (line.account, other) if alone and named else (line.account,):
            count.worth[line.id, account] = count.line(line, account, since)
            if line.cause_type in _RECOGNITIONS:
                known = count.recognised.setdefault((line.post_id or 0, line.cause_type), {})
                known[account] = count.worth[line.id, account]
        count.notes[line.id] = line.note
    return count.worth


def totals(lines: Iterable[Earned], worth: Mapping[Worth, int], since: date) -> tuple[Amounts, Amounts]:
    """(as booked, as counted anew): what the live lines from a day on come to."""
    booked, counted = [0, 0], [0, 0]
    for line, account, was in _live(lines, since):
        place = 0 if account is Account.REPUTATION else 1
        booked[place] += was
        counted[place] += worth.get((line.id, account), was)
    return Amounts(*booked), Amounts(*counted)


def _live(lines: Iterable[Earned], since: date) -> Iterator[tuple[Earned, Account, int]]:
    """The live lines from a day on, each with the account it stands in and the one where it has nothing yet."""
    live = [line for line in lines if line.live and line.day >= since]
    there = {(line.cause_type, line.cause_id, line.account) for line in live}
    for line in live:
        for account in _BOTH:
            if account is line.account:
                yield line, account, line.granted
            elif (line.cause_type, line.cause_id, account) not in there:
                yield line, account, 0


def differences(lines: Iterable[Earned], worth: Mapping[Worth, int], since: date) -> list[Difference]:
    """The live lines from a day on that would have been granted otherwise."""
    return [
        Difference(line.id, account, was, worth[line.id, account])
        for line, account, was in _live(lines, since)
        if worth.get((line.id, account), was) != was
    ]


def edition(
    table: Mapping[str, Rule], wanted: Mapping[str, Amounts], number: int
) -> dict[str, dict[str, Any]]:
    """The own amounts of a new edition: what changed carries its number, the rest keeps the version it had."""
    own: dict[str, dict[str, Any]] = {}
    for key, rule in table.items():
        amounts = wanted.get(key, rule.amounts)
        version = rule.version if amounts == rule.amounts else number
        if version != FIRST:
            own[key] = {"rep": amounts.reputation, "sp": amounts.spendable, "version": version}
    return own
