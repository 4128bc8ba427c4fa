"""Reads of the points table's editions and of its trial, shaped for the desk and for members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.i18n import Sentence
from rewards.ledger.limits import rules
from rewards.ledger.queries import WORDS
from rewards.ledger.rules import RULES, Rule, rules_with
from rewards.tables import counting
from rewards.tables.changing import in_force
from rewards.tables.models import RuleEdition, TrialSum
from rewards.tables.rules import FIRST

EDITIONS_SHOWN = 30
MEMBERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the table in force."""

    key: str
    what: Sentence
    rule: Rule


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition, with what it changes against the one in force."""

    number: int
    reason: str
    made_at: datetime | None
    made_by: MemberCard | None
    in_force: bool
    running: bool
    changes: list[tuple[Sentence, Rule, Rule]]


@dataclass(frozen=True, slots=True)
class MemberSums:
    """What a member earned during a trial, by both tables."""

    member: MemberCard
    reputation: int
    spendable: int
    reputation_on_trial: int
    spendable_on_trial: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A table that runs beside the one in force, or whose time is over and that waits for a decision."""

    number: int
    since: datetime
    until: datetime
    running: bool
    members: int
    differing: int
    sums: tuple[int, int, int, int]
    most: list[MemberSums]


def table() -> list[Line]:
    """The table in force. No query."""
    return [Line(key, WORDS[key], rule) for key, rule in rules().items()]


def editions() -> list[Edition]:
    """The latest editions, the newest first, then the default one. Two queries."""
    rows = list(
        db.session.scalars(select(RuleEdition).order_by(RuleEdition.number.desc()).limit(EDITIONS_SHOWN))
    )
    known, here = cards(row.made_by_id for row in rows), in_force()
    found = [
        Edition(
            row.number, row.reason, row.made_at, known[row.made_by_id] if row.made_by_id else None, row.number == here,
            row.running == 1, _changes(rules_with(row.rules)),
        )
        for row in rows
    ]  # fmt: skip
    return [*found, Edition(FIRST, "", None, None, here == FIRST, False, _changes(RULES))]


def _changes(other: dict[str, Rule]) -> list[tuple[Sentence, Rule, Rule]]:
    return [
        (WORDS[key], rule, other[key]) for key, rule in rules().items() if rule.amounts != other[key].amounts
    ]


def trial() -> Trial | None:
    """The latest trial that nobody has decided about. Four queries."""
    row = db.session.execute(
        select(
            RuleEdition.id, RuleEdition.number, RuleEdition.trial_since, RuleEdition.trial_until, RuleEdition.running
        )
        .where(RuleEdition.trial_since.is_not(None))
        .order_by(RuleEdition.number.desc())
        .limit(1)
    ).first()  # fmt: skip
    if row is None:
        return None
    t = TrialSum
    columns = (t.reputation, t.spendable, t.reputation_on_trial, t.spendable_on_trial)
    sums = db.session.execute(
        select(*(func.coalesce(func.sum(one), 0) for one in columns)).where(t.edition_id == row.id)
    ).one()
    apart = func.abs(t.reputation_on_trial - t.reputation) + func.abs(t.spendable_on_trial - t.spendable)
    most = db.session.execute(
        select(t.member_id, *columns)
        .where(t.edition_id == row.id, apart > 0)
        .order_by(apart.desc(), t.member_id)
        .limit(MEMBERS_SHOWN)
    ).all()
    known = cards(one.member_id for one in most)
    members, differing = counting.counted(row.id)
    return Trial(
        row.number, row.trial_since, row.trial_until, row.running == 1, members, differing,
        (int(sums[0]), int(sums[1]), int(sums[2]), int(sums[3])), [MemberSums(known[one[0]], *one[1:]) for one in most],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnTrial:
    """A member's own points during the trial that runs, by both tables."""

    since: datetime
    until: datetime
    counted_at: datetime | None
    reputation: int
    spendable: int
    reputation_on_trial: int
    spendable_on_trial: int
    changes: list[tuple[Sentence, Rule, Rule]]


def own_trial(member_id: int) -> OwnTrial | None:
    """What a member reads of the trial that runs; None when there is none. One query."""
    t = TrialSum
    row = db.session.execute(
        select(
            RuleEdition.trial_since, RuleEdition.trial_until, RuleEdition.rules, t.counted_at, t.reputation,
            t.spendable, t.reputation_on_trial, t.spendable_on_trial,
        )
        .outerjoin(t, (t.edition_id == RuleEdition.id) & (t.member_id == member_id))
        .where(RuleEdition.running == 1)
    ).first()  # fmt: skip
    if row is None:
        return None
    return OwnTrial(
        row.trial_since, row.trial_until, row.counted_at, row.reputation or 0, row.spendable or 0,
        row.reputation_on_trial or 0, row.spendable_on_trial or 0, _changes(rules_with(row.rules)),
    )  # fmt: skip
