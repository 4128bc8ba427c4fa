"""Count members' lines by another table: for a trial, and for the batch that books past acts anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from datetime import date
from itertools import chain, groupby
from operator import itemgetter

from sqlalchemy import delete, func, select

from common import audit, clock, i18n
from common.db import db, insert_many, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ledger import balances, booking
from rewards.ledger.limits import limits, rules
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import NOTHING, RULES, Amounts, EntryKind, Limits, Rule, rules_with
from rewards.tables.models import RuleEdition, TrialSum
from rewards.tables.permissions import can_change
from rewards.tables.rules import Earned, Worth, differences, recount, totals

SHARE, AT_ONCE = 300, 5000
MIGRATED = "migrated"
Table = dict[str, Rule]
Progress = Callable[[int], None]
_entry = LedgerEntry.__table__


def earned_by(member_ids: list[int], since: date) -> Iterator[tuple[int, list[Earned]]]:
    """Each member's earned lines from the first of the month a day stands in, in the order written. One query."""
    e, undone = _entry.c, _entry.alias("undone")
    rows = db.session.execute(
        select(
            e.member_id, e.id, e.account, e.rule_key, e.cause_type, e.cause_id, e.post_id, e.effective_day, e.granted,
            e.note, e.restores_id, undone.c.id.is_(None).label("live"),
        )
        .outerjoin(undone, undone.c.reverses_id == e.id)
        .where(
            e.member_id.in_(member_ids), e.kind == EntryKind.EARN, e.effective_day >= since.replace(day=1),
            e.rule_key.in_(RULES),
        )
        .order_by(e.member_id, e.id)
    )  # fmt: skip
    for member_id, lines in groupby(chain.from_iterable(rows.partitions(AT_ONCE)), itemgetter(0)):
        yield member_id, [Earned._make(line[1:]) for line in lines]


def members_since(since: date) -> list[int]:
    """Members who earned something from a day on, in order."""
    e = LedgerEntry
    earned = (e.kind == EntryKind.EARN, e.effective_day >= since)
    return list(db.session.scalars(select(e.member_id).where(*earned).distinct().order_by(e.member_id)))


# --- a trial ------------------------------------------------------------------------------------------------------


def count_trial() -> int:
    """Count what members would have by the table on trial, and end a trial that is over. Returns how many members.

    Nothing of the ledger is touched. A trial that is over keeps its last figures until somebody has decided.
    """
    trial = db.session.execute(
        select(RuleEdition.id, RuleEdition.rules, RuleEdition.trial_since, RuleEdition.trial_until).where(
            RuleEdition.running == 1
        )
    ).first()
    if trial is None:
        return 0
    since, table = i18n.local(trial.trial_since).date(), rules_with(trial.rules)
    members = members_since(since)
    for start in range(0, len(members), SHARE):
        with unit_of_work():
            _count_share(trial.id, members[start : start + SHARE], since, table)
    if trial.trial_until <= clock.now():
        with unit_of_work():
            update_where(RuleEdition, RuleEdition.id == trial.id, RuleEdition.running == 1, running=None)
    return len(members)


def _count_share(edition_id: int, member_ids: list[int], since: date, table: Table) -> None:
    bounds, now = limits(), clock.now()
    rows = []
    for member_id, lines in earned_by(member_ids, since):
        booked, counted = totals(lines, recount(lines, table, bounds, since), since)
        rows.append(
            {
                "edition_id": edition_id, "member_id": member_id, "reputation": booked.reputation,
                "spendable": booked.spendable, "reputation_on_trial": counted.reputation,
                "spendable_on_trial": counted.spendable, "counted_at": now,
            }
        )  # fmt: skip
    mine = (TrialSum.edition_id == edition_id, TrialSum.member_id.in_(member_ids))
    db.session.execute(delete(TrialSum).where(*mine))
    insert_many(TrialSum, rows, once=True)


# --- booking past acts anew ---------------------------------------------------------------------------------------


@dataclass
class Batch:
    """What a batch changes: members, lines, and the points that come or go."""

    members: int = 0
    lines: int = 0
    points: Amounts = NOTHING

    def add(self, more: Batch) -> None:
        """What was done besides."""
        self.members += more.members
        self.lines += more.lines
        both = zip(astuple(self.points), astuple(more.points), strict=True)
        self.points = Amounts(*map(sum, both))


def migrate(
    actor: Actor, since: date, apply: bool = False, progress: Progress = lambda _done: None, reason: str = ""
) -> Batch:
    """Book the acts from a day on by the table in force; without ``apply`` only count what that would change.

    Each line that differs is undone and booked again at its own day, so that its cause is worth one live line as ever. A
    unit of work for every few hundred members, with its line in the log: interrupted, the same command goes on; repeated, it
    changes nothing. Raises Invalid where it is applied without a reason.
    """
    require(can_change(actor))
    if apply and not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    members, batch = members_since(since), Batch()
    table, bounds = rules(), limits()
    for start in range(0, len(members), SHARE):
        part = members[start : start + SHARE]
        if apply:
            with unit_of_work():
                balances.lock(part)
                done = _migrate_share(actor, part, since, table, bounds, apply)
                if done.lines:
                    audit.write(
                        actor,
                        "points.migrated",
                        "ledger",
                        since.isoformat(),
                        None,
                        asdict(done),
                        reason.strip(),
                    )
        else:
            done = _migrate_share(actor, part, since, table, bounds, apply)
        batch.add(done)
        progress(len(part))
    return batch


def _migrate_share(
    actor: Actor, members: list[int], since: date, table: Table, bounds: Limits, apply: bool
) -> Batch:
    batch = Batch()
    for _member_id, lines in list(earned_by(members, since)):
        worth = recount(lines, table, bounds, since)
        changed = differences(lines, worth, since)
        if not changed:
            continue
        batch.add(Batch(1, len(changed), _sum(changed)))
        if apply:
            _book_anew(actor, table, {(one.line_id, one.account): one.now for one in changed})
    return batch


def _sum(changed: Iterable) -> Amounts:
    both = [0, 0]
    for one in changed:
        both[0 if one.account == "reputation" else 1] += one.now - one.was
    return Amounts(*both)


def _book_anew(actor: Actor, table: Table, worth: dict[Worth, int]) -> None:
    ids = sorted({line_id for line_id, _account in worth})
    known = {}
    for start in range(0, len(ids), 500):
        for line in booking.live_lines(LedgerEntry.id.in_(ids[start : start + 500])):
            known[line.id] = line
    for (line_id, account), points in sorted(worth.items()):
        now = known.get(line_id)
        if now is None:
            continue
        if account is now.account:
            booking.reverse([now], actor.member_id, MIGRATED)
        anew = replace(now, account=account, rule_version=table[now.rule_key].version)
        booking.bring_back(anew, actor.member_id, points)


def counted(edition_id: int) -> tuple[int, int]:
    """(members counted, members with another sum) of a trial."""
    t = TrialSum
    other = (t.reputation != t.reputation_on_trial) | (t.spendable != t.spendable_on_trial)
    row = db.session.execute(
        select(func.count(), func.count().filter(other)).where(t.edition_id == edition_id)
    ).one()
    return row[0], row[1]
