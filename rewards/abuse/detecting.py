"""Find unusual votes: the database groups and counts, the rules decide about the few groups that are left.

Each finder reads the votes of its window by their date and nothing else, so its cost follows the votes of a month, not the
size of the forum. A second run finds the same, and :func:`rewards.abuse.acting.take` does it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, and_, func, select, tuple_
from sqlalchemy.orm import aliased

from common import clock
from common.db import db
from rewards.abuse import rules
from rewards.abuse.numbers import thresholds
from rewards.abuse.rules import Sign, Vote
from rewards.abuse.sources import as_vote, votes
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, EntryKind, Withheld

Pair = tuple[int, int]
SHARE = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: about whom, the votes it rests on, pairs that pay nothing from now on, the figures for the desk."""

    sign: Sign
    members: frozenset[int]
    evidence: list[Vote]
    pauses: list[Pair] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def bursts(sign: Sign = Sign.BURST) -> Iterator[Finding]:
    """V1: one voter, one author, many votes within minutes or a day. Annulled ones count on, so that nobody begins anew."""
    limits = thresholds()
    found = votes(sign, clock.now() - 2 * timedelta(days=1), with_annulled=True)
    if found is None:
        return
    least = min(limits.burst_votes, limits.burst_day_votes)
    gone = _annulled(found)
    for pair, given in _of_pairs(found, [row.pair for row in _pairs(found, least)]).items():
        hit = [vote for vote in rules.burst(given, limits) if (vote.kind, vote.id) not in gone]
        if hit:
            yield Finding(sign, frozenset(pair), hit, figures={"votes": len(given), "beyond": len(hit)})


def _annulled(found: CTE) -> set[tuple[str, int]]:
    return {
        (kind, n) for kind, n in db.session.execute(select(found.c.kind, found.c.id).where(found.c.annulled))
    }


def concentrations(sign: Sign = Sign.CONCENTRATION) -> Iterator[Finding]:
    """V2: too large a share of somebody's votes for one author, in categories with enough questions."""
    limits = thresholds()
    found = votes(sign, clock.now() - limits.window)
    if found is None:
        return
    totals = _totals(found)
    focused = [
        row.pair
        for row in _pairs(found, limits.focus_votes * limits.focus_percent // 100)
        if rules.is_focused(row.count, totals[row.pair[0]], limits)
    ]
    threads = _threads(found)
    for pair, given in _of_pairs(found, focused).items():
        if sum(threads[category] for category in _categories(found, pair)) < limits.focus_threads:
            continue
        beyond = rules.beyond_share(given, totals[pair[0]], limits.focus_paid_percent)
        figures = {"to_author": len(given), "of_all": totals[pair[0]]}
        yield Finding(sign, frozenset(pair), beyond, [pair], figures)


def reciprocities(sign: Sign = Sign.RECIPROCITY) -> Iterator[Finding]:
    """V3: two members who give each other a large part of their votes."""
    limits = thresholds()
    found = votes(sign, clock.now() - limits.window)
    if found is None:
        return
    totals = _totals(found)
    counts = {row.pair: row.count for row in _pairs(found, limits.mutual_votes)}
    for one, other in sorted(counts):
        back = counts.get((other, one), 0)
        if one > other or not back:
            continue
        there = counts[one, other]
        if rules.are_mutual(there, back, totals[one], totals[other], limits):
            pairs = [(one, other), (other, one)]
            given = _of_pairs(found, pairs)
            figures = {"there": there, "back": back, "of_one": totals[one], "of_other": totals[other]}
            yield Finding(sign, frozenset((one, other)), given[pairs[0]] + given[pairs[1]], pairs, figures)


def rings(sign: Sign = Sign.RING) -> Iterator[Finding]:
    """V4: three to eight members whose votes go round among them."""
    limits = thresholds()
    found = votes(sign, clock.now() - limits.window)
    if found is None:
        return
    edges = {row.pair: row.count for row in _pairs(found, 1)}
    totals = _totals(found)
    for group in rules.rings(edges, totals, limits):
        pairs = [pair for pair in edges if pair[0] in group and pair[1] in group]
        given = [vote for some in _of_pairs(found, pairs).values() for vote in some]
        figures = {"inside": rules.inside(group, edges), "given": sum(totals.get(one, 0) for one in group)}
        yield Finding(sign, group, given, figures=figures)


def shared_origins() -> Iterator[Finding]:
    """V5: votes that brought nothing because both came from one place; a person looks from the fifth on."""
    limits = thresholds()
    since = clock.now() - limits.window
    found = votes(Sign.SHARED_ORIGIN, since)
    if found is None:
        return
    e, undone = LedgerEntry, aliased(LedgerEntry)
    booked = and_(
        e.post_id == found.c.post_id, e.member_id == found.c.author_id, e.actor_id == found.c.voter_id,
        e.note == Withheld.SHARED_ORIGIN.value, e.kind == EntryKind.EARN, e.account == Account.REPUTATION,
        ~select(undone.id).where(undone.reverses_id == e.id).exists(),
    )  # fmt: skip
    by_pair: dict[Pair, list[Vote]] = defaultdict(list)
    for row in db.session.execute(select(found).join(e, booked)):
        by_pair[row.voter_id, row.author_id].append(as_vote(row))
    for pair, given in sorted(by_pair.items()):
        if len(given) >= limits.origin_votes:
            yield Finding(Sign.SHARED_ORIGIN, frozenset(pair), given, figures={"votes": len(given)})


def review_rings() -> Iterator[Finding]:
    """V8: all of this on “useful” votes for product reviews. Nothing as long as no source of them is known."""
    for finder in (bursts, concentrations, reciprocities, rings):
        yield from finder(Sign.REVIEW_RING)


# --- counting -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Count:
    pair: Pair
    count: int


def _pairs(found: CTE, least: int) -> list[_Count]:
    pair = (found.c.voter_id, found.c.author_id)
    query = select(*pair, func.count()).group_by(*pair).having(func.count() >= least).order_by(*pair)
    return [_Count((voter, author), count) for voter, author, count in db.session.execute(query)]


def _totals(found: CTE) -> dict[int, int]:
    query = select(found.c.voter_id, func.count()).group_by(found.c.voter_id)
    return dict(db.session.execute(query).tuples().all())


def _threads(found: CTE) -> dict[int, int]:
    """Questions with votes in each category."""
    query = select(found.c.category_id, func.count(found.c.thread_id.distinct())).group_by(
        found.c.category_id
    )
    return dict(db.session.execute(query).tuples().all())


def _categories(found: CTE, pair: Pair) -> set[int]:
    mine = (found.c.voter_id == pair[0], found.c.author_id == pair[1])
    return set(db.session.scalars(select(found.c.category_id).where(*mine).distinct()))


def _of_pairs(found: CTE, pairs: list[Pair]) -> dict[Pair, list[Vote]]:
    """The votes of some pairs, in parts of bounded size."""
    by_pair: dict[Pair, list[Vote]] = defaultdict(list)
    for start in range(0, len(pairs), SHARE):
        wanted = tuple_(found.c.voter_id, found.c.author_id).in_(pairs[start : start + SHARE])
        for row in db.session.execute(select(found).where(wanted).order_by(found.c.at, found.c.id)):
            by_pair[row.voter_id, row.author_id].append(as_vote(row))
    return dict(by_pair)
