"""Prove that what is shown equals the sum of the lines, and that every undo undoes exactly one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from common import health
from common.db import db
from rewards.ledger import booking, causes, days, truth
from rewards.ledger.booking import Line
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account, EntryKind

SHARE = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not add up."""

    member_id: int
    what: str
    kept: int
    real: int


def faults() -> Iterator[Fault]:
    """Every difference between the kept sums and the lines, and every undo that does not match its line."""
    yield from _wrong_sums()
    yield from (Fault(member_id, "days", kept, real) for member_id, kept, real in days.wrong())
    yield from _wrong_reversals()


def _wrong_sums() -> Iterator[Fault]:
    entry = LedgerEntry
    spendable = entry.account == Account.SPENDABLE

    def total(*criteria):
        return func.coalesce(func.sum(entry.granted).filter(*criteria), 0)

    rows = db.session.execute(
        select(
            Member.id, Member.points, Member.points_available, Balance.reputation, Balance.spendable, Balance.matured,
            total(entry.account == Account.REPUTATION).label("real_reputation"),
            total(spendable).label("real_spendable"),
            total(spendable, entry.available_at <= Balance.matured_until).label("real_matured"),
        )
        .outerjoin(Balance, Balance.member_id == Member.id)
        .outerjoin(entry, entry.member_id == Member.id)
        .where(or_(Balance.member_id.is_not(None), entry.id.is_not(None), Member.points != 0, Member.points_available != 0))
        .group_by(Member.id, Balance.member_id)
    )  # fmt: skip
    for row in rows:
        pairs = (
            ("reputation", row.reputation, row.real_reputation),
            ("points", row.points, row.real_reputation),
            ("spendable", row.spendable, row.real_spendable),
            ("matured", row.matured, row.real_matured),
            ("points_available", row.points_available, row.real_matured),
        )
        yield from (Fault(row.id, what, kept or 0, real) for what, kept, real in pairs if (kept or 0) != real)


def _wrong_reversals() -> Iterator[Fault]:
    undo, done = aliased(LedgerEntry), aliased(LedgerEntry)
    rows = db.session.execute(
        select(undo.member_id, undo.id, undo.granted, done.granted.label("was"))
        .join(done, done.id == undo.reverses_id)
        .where(
            undo.kind == EntryKind.REVERSE,
            or_(undo.granted != -done.granted, undo.member_id != done.member_id),
        )
    )
    yield from (Fault(row.member_id, f"reversal {row.id}", row.granted, -row.was) for row in rows)


def all_faults() -> Iterator[Fault]:
    """The sums, and the causes too: every live line stands on something that is still true in the forum."""
    yield from faults()
    yield from dead_causes()


def dead_causes() -> Iterator[Fault]:
    """Live lines whose post is not published any more, or whose acceptance, recommendation or vote is gone; lines at
    no post whose guide, report or mission is.

    A share of the lines at a time, in their order: a fixed number of queries for every few hundred.
    """
    e, last = LedgerEntry, 0
    while True:
        lines = booking.live_lines(e.id > last, e.id <= last + SHARE)
        yield from _dead([line for line in lines if line.place.post_id is not None])
        yield from map(_fault, causes.dead(line for line in lines if line.place.post_id is None))
        following = db.session.scalar(select(func.min(e.id)).where(e.id > last + SHARE))
        if following is None:
            return
        last = following - 1


def _dead(lines: list[Line]) -> Iterator[Fault]:
    posts = sorted({line.place.post_id for line in lines if line.place.post_id is not None})
    facts = truth.posts(posts)
    votes = truth.standing_votes(posts)
    for line in lines:
        about = facts.get(line.place.post_id or 0)
        if about is None or not _alive(line, about, votes):
            yield _fault(line)


def _fault(line: Line) -> Fault:
    return Fault(line.member_id, f"line {line.id} ({line.cause})", line.granted, 0)


def _alive(line: Line, about: truth.PostFacts, votes: set[tuple[str, str]]) -> bool:
    if line.cause.type in truth.VOTES:
        return about.visible and (truth.VOTES[line.cause.type], line.cause.id) in votes
    return truth.holds(line.cause.type, line.cause.id, about)


@health.check("ledger")
def _ledger() -> health.Finding:
    wrong = list(islice(all_faults(), 100))
    detail = (
        "balances equal the sum of their lines, and every cause holds"
        if not wrong
        else f"{len(wrong)} figures differ from their lines, or lines from what is true"
    )
    return health.Finding(
        "ledger", not wrong, detail, "Run: flask --app app ledger verify, then ledger rebuild"
    )
