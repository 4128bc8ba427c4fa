"""What unusual votes look like: bursts, rings, answers pasted again and again. Pure; source: domain/rewards.md §A1.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b


class Sign(StrEnum):
    """A rule against abuse. `fraud.{sign}` is its key in the ledger."""

    BURST = "V1"
    CONCENTRATION = "V2"
    RECIPROCITY = "V3"
    RING = "V4"
    SHARED_ORIGIN = "V5"
    ACCEPTANCE_LOOP = "V6"
    REVIEW_RING = "V8"
    COPIES = "copies"

    @property
    def rule_key(self) -> str:
        """The rule named on a line that is taken back."""
        return f"fraud.{self.value}"


class CaseState(StrEnum):
    """Where a case stands. ``automatic``: settled by the rule itself (V1), kept as a record."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    AUTOMATIC = "automatic"


HELD = frozenset({Sign.RING, Sign.ACCEPTANCE_LOOP, Sign.COPIES})
"""Signs whose points are kept aside until a person has decided."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every number of §A1.4; the settings fill it. Shown to nobody but those who set them."""

    window: timedelta = timedelta(days=30)
    burst_votes: int = 6
    burst_within: timedelta = timedelta(minutes=10)
    burst_day_votes: int = 10
    burst_day: timedelta = timedelta(hours=24)
    burst_kept: int = 2
    focus_percent: int = 40
    focus_votes: int = 20
    focus_paid_percent: int = 20
    focus_threads: int = 5
    mutual_votes: int = 5
    mutual_percent: int = 30
    mutual_pause: timedelta = timedelta(days=30)
    ring_edge: int = 3
    ring_least: int = 3
    ring_most: int = 8
    ring_percent: int = 60
    hold: timedelta = timedelta(days=14)
    origin_votes: int = 5
    loop_acceptances: int = 3
    young: timedelta = timedelta(days=30)
    copies: int = 3
    copy_percent: int = 60
    copy_words: int = 20


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote of one member for something another wrote. ``kind`` is its source, ``post_id`` what it was given for."""

    kind: str
    id: int
    voter_id: int
    author_id: int
    post_id: int
    at: datetime


def _by_age(votes: Iterable[Vote]) -> list[Vote]:
    return sorted(votes, key=lambda vote: (vote.at, vote.kind, vote.id))


def burst(votes: Iterable[Vote], limits: Thresholds) -> list[Vote]:
    """Of one voter's votes for one author: those of a burst beyond the first ones (V1)."""
    row = _by_age(votes)
    hit: set[Vote] = set()
    for count, within in (
        (limits.burst_votes, limits.burst_within),
        (limits.burst_day_votes, limits.burst_day),
    ):
        for first in range(len(row) - count + 1):
            if row[first + count - 1].at - row[first].at <= within:
                hit.update(row[first : first + count])
    return _by_age(hit)[limits.burst_kept :]


def beyond_share(votes: Iterable[Vote], all_votes: int, percent: int) -> list[Vote]:
    """Of one voter's votes for one author: the newest ones beyond a share of all of the voter's votes (V2)."""
    return _by_age(votes)[all_votes * percent // 100 :]


def is_focused(to_author: int, all_votes: int, limits: Thresholds) -> bool:
    """Whether one author gets too much of a voter's votes (V2)."""
    return all_votes >= limits.focus_votes and 100 * to_author >= limits.focus_percent * all_votes


def are_mutual(there: int, back: int, of_one: int, of_other: int, limits: Thresholds) -> bool:
    """Whether two members live on each other's votes (V3)."""
    enough = min(there, back) >= limits.mutual_votes
    return (
        enough
        and 100 * there >= limits.mutual_percent * of_one
        and 100 * back >= limits.mutual_percent * of_other
    )


# --- rings ------------------------------------------------------------------------------------------------------

Edges = Mapping[tuple[int, int], int]


def rings(edges: Edges, given: Mapping[int, int], limits: Thresholds) -> list[frozenset[int]]:
    """Groups that vote in circles: strongly connected, three to eight, most of their votes among themselves (V4).

    ``edges`` count votes from one member to another, ``given`` all votes of a member. A group that is too large, or too open,
    is looked at again without its weakest edges, so that one honest acquaintance does not hide a ring.
    """
    found: list[frozenset[int]] = []
    waiting = [
        {pair: count for pair, count in edges.items() if count >= limits.ring_edge and pair[0] != pair[1]}
    ]
    while waiting:
        graph = waiting.pop()
        for group in connected(graph):
            if _is_ring(group, edges, given, limits):
                found.append(group)
            elif len(group) > limits.ring_least:
                inner = {pair: n for pair, n in graph.items() if pair[0] in group and pair[1] in group}
                weakest = min(inner.values())
                waiting.append({pair: n for pair, n in inner.items() if n > weakest})  # smaller each time
    return found


def _is_ring(group: frozenset[int], edges: Edges, given: Mapping[int, int], limits: Thresholds) -> bool:
    if not limits.ring_least <= len(group) <= limits.ring_most:
        return False
    return 100 * inside(group, edges) >= limits.ring_percent * sum(given.get(one, 0) for one in group)


def inside(group: frozenset[int], edges: Edges) -> int:
    """How many votes stay within a group."""
    return sum(count for (one, other), count in edges.items() if one in group and other in group)


def connected(edges: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """The strongly connected groups of two and more (Tarjan, without recursion)."""
    following: dict[int, list[int]] = {}
    for one, other in sorted(edges):
        following.setdefault(one, []).append(other)
        following.setdefault(other, [])
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    groups: list[frozenset[int]] = []
    for root in following:
        if root in number:
            continue
        work = [(root, iter(following[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            here, ahead = work[-1]
            for there in ahead:
                if there not in number:
                    number[there] = low[there] = len(number)
                    stack.append(there)
                    on_stack.add(there)
                    work.append((there, iter(following[there])))
                    break
                if there in on_stack:
                    low[here] = min(low[here], number[there])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == number[here]:
                    groups.append(_cut(stack, on_stack, here))
    return [group for group in groups if len(group) > 1]


def _cut(stack: list[int], on_stack: set[int], last: int) -> frozenset[int]:
    group = set()
    while True:
        one = stack.pop()
        on_stack.discard(one)
        group.add(one)
        if one == last:
            return frozenset(group)


# --- the same answer again ----------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
SHINGLE = 3
"""Words of a run. One changed word breaks as many runs as a run has words, so short runs survive small changes."""


def shingles(text: str, least: int) -> frozenset[int]:
    """The runs of three words of a text, as numbers; none for a text that is too short to be anybody's own."""
    words = _WORD.findall(text.casefold())
    if len(words) < max(least, SHINGLE):
        return frozenset()
    runs = (" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1))
    return frozenset(int.from_bytes(blake2b(run.encode(), digest_size=8).digest()) for run in runs)


def alike(one: frozenset[int], other: frozenset[int], percent: int) -> bool:
    """Whether two texts are nearly the same: the share of runs they have in common."""
    common = len(one & other)
    return bool(common) and 100 * common >= percent * (len(one) + len(other) - common)


def copies(texts: Sequence[tuple[int, frozenset[int]]], limits: Thresholds) -> list[list[int]]:
    """Groups of one author's texts that are nearly the same, the oldest first in each. Every text is in one at most.

    A text belongs to a group when it is like any text of it: a paste of a paste is changed twice, each time a little.
    """
    groups: list[list[tuple[int, frozenset[int]]]] = []
    for key, text in texts:
        if not text:
            continue
        for group in groups:
            if any(alike(other, text, limits.copy_percent) for _key, other in group):
                group.append((key, text))
                break
        else:
            groups.append([(key, text)])
    return [[key for key, _text in group] for group in groups if len(group) >= limits.copies]
