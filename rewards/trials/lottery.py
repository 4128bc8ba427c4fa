"""The draw anyone can recheck, merit, and how places are shared out. Pure. Source: domain/rewards.md §A4.4.

Commit and reveal: SHA-256 of the seed stands on the page from the first day; when applications have ended the list of their
ids is frozen and its SHA-256 published; the order is HMAC-SHA256(seed, id), smallest first; with the result the seed itself.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rewards.trials.rules import Method


def label(application_id: int) -> str:
    """The public id of an application: it names nobody."""
    return f"A-{application_id}"


def commitment(seed: str) -> str:
    """What is shown before: the seed cannot be changed afterwards without being noticed."""
    return hashlib.sha256(seed.encode()).hexdigest()


def holds(seed: str, committed: str) -> bool:
    """Whether this is the seed that was committed to."""
    return hmac.compare_digest(commitment(seed), committed)


def list_hash(labels: Iterable[str]) -> str:
    """SHA-256 of the frozen ids: sorted, one a line."""
    return hashlib.sha256("\n".join(sorted(labels)).encode()).hexdigest()


def draw_key(seed: str, one: str) -> str:
    """The place of an id in the draw, as hexadecimal digits; it depends on no other id."""
    return hmac.new(seed.encode(), one.encode(), hashlib.sha256).hexdigest()


def fraction(key: str) -> float:
    """The key as a number between 0 and 1, both excluded: its first 52 bits and a half."""
    return ((int(key[:16], 16) >> 12) + 0.5) / 2**52


def weighted_key(seed: str, one: str, weight: int) -> float:
    """``ln(u) / w``, which orders as ``u^(1/w)`` does; the largest is drawn first."""
    return math.log(fraction(draw_key(seed, one))) / weight


def order(seed: str, labels: Iterable[str], weights: Mapping[str, int] | None = None) -> list[str]:
    """All ids in the order they are drawn."""
    plain = sorted(labels, key=lambda one: (draw_key(seed, one), one))
    if weights is None:
        return plain
    return sorted(plain, key=lambda one: -weighted_key(seed, one, weights.get(one, 1)))


def weight_of(rank: int) -> int:
    """1 to 3 by rank: up to Contributor, Confirmed, Expert and above."""
    return min(3, max(1, rank - 1))


# --- merit ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Merit:
    """What merit looks at; no more, and never what a member thought of a product (invariant 23).

    ``expertise`` and ``usefulness`` from 0 to 1, ``answer`` from 0 to 5 as the team scored it without a name.
    """

    expertise: float
    done: int
    on_time: int
    usefulness: float
    answer: int
    is_new: bool


def score(merit: Merit) -> int:
    """Merit in hundredths of a point, from 0 to 10,000."""
    punctual = (merit.on_time + 1) / (merit.done + 2)
    total = (
        40 * _share(merit.expertise) + 20 * punctual + 15 * _share(merit.usefulness)
        + 15 * _share(merit.answer / 5) + 10 * merit.is_new
    )  # fmt: skip
    return round(100 * total)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


# --- sharing out ------------------------------------------------------------------------------------------------


class Lot(StrEnum):
    """By which part of the selection a place was given."""

    MERIT = "merit"
    LOTTERY = "lottery"
    NEWCOMER = "newcomer"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An eligible application, as the selection reads it."""

    id: int
    score: int
    never_selected: bool
    rank: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """Places by merit and for newcomers; the rest is drawn."""

    merit: int
    newcomers: int
    lottery: int


def quotas(method: Method, stock: int, merit_percent: int = 50, newcomers_percent: int = 15) -> Quotas:
    """Places of each kind: floors, and the remainder to the lottery."""
    if method is Method.MERIT:
        return Quotas(stock, 0, 0)
    if method is not Method.MIXED:
        return Quotas(0, 0, stock)
    merit, newcomers = stock * merit_percent // 100, stock * newcomers_percent // 100
    return Quotas(merit, newcomers, stock - merit - newcomers)


@dataclass(frozen=True, slots=True)
class Placed:
    """An application with its place in the frozen order; ``lot`` is None on the waiting list."""

    id: int
    lot: Lot | None


def place(seed: str, method: Method, candidates: Sequence[Candidate], shares: Quotas) -> list[Placed]:
    """Everybody in the frozen order: those who get a place, then the waiting list.

    First by merit, then members never selected before, then the draw; places nobody takes go to the draw. The waiting list
    follows merit where merit alone decides, else the draw.
    """
    weights = (
        {label(one.id): weight_of(one.rank) for one in candidates} if method is Method.WEIGHTED else None
    )
    by_label = {label(one.id): one for one in candidates}
    drawn = [by_label[one] for one in order(seed, by_label, weights)]
    position = {one.id: number for number, one in enumerate(drawn)}
    deserved = sorted(drawn, key=lambda one: (-one.score, position[one.id]))
    placed = [Placed(one.id, Lot.MERIT) for one in deserved[: shares.merit]]
    taken = {one.id for one in placed}
    new = [one for one in drawn if one.never_selected and one.id not in taken][: shares.newcomers]
    placed += [Placed(one.id, Lot.NEWCOMER) for one in new]
    taken |= {one.id for one in new}
    room = shares.lottery + shares.newcomers - len(new)
    rest = deserved if method is Method.MERIT else drawn
    left = [one for one in rest if one.id not in taken]
    placed += [Placed(one.id, Lot.LOTTERY) for one in left[:room]]
    return placed + [Placed(one.id, None) for one in left[room:]]


def digest(placed: Iterable[Placed]) -> str:
    """Names a selection, so that what is confirmed is what was looked at."""
    return hashlib.sha256(";".join(f"{one.id}:{one.lot or '-'}" for one in placed).encode()).hexdigest()[:32]
