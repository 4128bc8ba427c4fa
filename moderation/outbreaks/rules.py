"""When several people report the same trouble at once: likeness of questions, and how many are too many. Pure.

Source: domain/escalation.md §C4. A question is a vector of its most telling words (TF-IDF), its product and its
category; a group of like questions is the sum of theirs. Words are numbers here: nothing can be read from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from math import exp, floor, log, sqrt

Vector = Mapping[int, float]

TOP_TERMS = 16
"""Words of a question that are kept."""
CENTRE_TERMS = 48
ANCHORS = 12
"""Words by which a group is found again."""
TITLE_COUNTS = 2
IMAGINED = 500
"""Questions without any of the words, as if they had been asked: in a young community the words of an outage would else
soon be too common to say anything."""
JOINS = 0.35
"""From this likeness on a question belongs to a group, and may belong to an incident."""
SURE = 0.5
"""From this likeness on it is part of the incident."""
NEAR = 3
"""Bits of 64 in which the words of two questions may differ that say the same."""

HOUR = timedelta(hours=1)
WINDOWS = (HOUR, 6 * HOUR)
WEEK = timedelta(days=7)
WEEKS = 8
FLOOR = 0.5
YOUNG = HOUR
COOL_DOWN = 6 * HOUR


class SuspicionState(StrEnum):
    """What people found of a suspicion. Only people leave the first."""

    SUSPECTED = "suspected"
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"


# --- likeness -----------------------------------------------------------------------------------------------------


def number_of(word: str) -> int:
    """A word as a number that fits a column; never 0."""
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=6).digest(), "big") or 1


def weighed(title: list[str], text: list[str], marks: Iterable[str]) -> Counter[int]:
    """How often each word counts: those of the title twice; ``marks`` (product, category) once."""
    return Counter(number_of(word) for word in (*title * TITLE_COUNTS, *text, *marks))


def fingerprint(times: Mapping[int, int], seen_in: Mapping[int, int], questions: int) -> dict[int, float]:
    """The most telling words of a question, its length one. ``seen_in``: in how many of the questions each stands."""
    weights = {
        word: (1 + log(count)) * log(1 + (questions + IMAGINED) / (seen_in.get(word, 0) + 1))
        for word, count in times.items()
    }
    return to_length_one(weights, TOP_TERMS)


def to_length_one(weights: Vector, most: int) -> dict[int, float]:
    """The heaviest parts of a vector, its length one; empty when nothing weighs anything."""
    heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    length = sqrt(sum(weight * weight for _word, weight in heaviest))
    return {word: weight / length for word, weight in heaviest if weight > 0} if length else {}


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length one."""
    small, large = sorted((one, other), key=len)
    return min(1.0, sum(weight * large.get(word, 0.0) for word, weight in small.items()))


def centre_of(vectors: Iterable[Vector]) -> dict[int, float]:
    """The middle of some vectors, of length one."""
    total: Counter[int] = Counter()
    for vector in vectors:
        for word, weight in vector.items():
            total[word] += weight  # type: ignore[assignment]
    return to_length_one(total, CENTRE_TERMS)


def moved(centre: Vector, size: int, vector: Vector, most: int = 50) -> dict[int, float]:
    """The middle of a group after one more question; of a large group as if it had ``most``, so that it can follow."""
    total = {word: weight * min(size, most) for word, weight in centre.items()}
    for word, weight in vector.items():
        total[word] = total.get(word, 0.0) + weight
    return to_length_one(total, CENTRE_TERMS)


def simhash(vector: Vector) -> int:
    """64 bits, most of them the same for questions with the same telling words; 0 for none. Signed, to be stored."""
    sums = [0.0] * 64
    for word, weight in vector.items():
        hashed = int.from_bytes(blake2b(word.to_bytes(8, "big"), digest_size=8).digest(), "big")
        for bit in range(64):
            sums[bit] += weight if hashed >> bit & 1 else -weight
    whole = sum(1 << bit for bit in range(64) if sums[bit] > 0)
    return whole - (1 << 64) if whole >> 63 else whole


# --- how many are too many ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What must hold together for a suspicion."""

    least: float = 5
    times: float = 3
    chance: float = 0.001


def chance_of(least: int, expected: float) -> float:
    """P(X ≥ least) where ``expected`` come on average (Poisson)."""
    term = below = exp(-expected)
    for number in range(1, least):
        term *= expected / number
        below += term
    return max(0.0, 1.0 - below) if least > 0 else 1.0


def is_suspect(people: float, expected: float, limits: Thresholds = Thresholds()) -> bool:
    """Whether so many people are too many: enough, several times what is usual, and hardly by chance.

    Half people are rounded off for the last of the three.
    """
    expected = max(expected, FLOOR)
    enough = people >= limits.least and people >= limits.times * expected
    return enough and chance_of(floor(people), expected) < limits.chance


@lru_cache(maxsize=1_000)
def fewest(expected: float, limits: Thresholds = Thresholds()) -> int:
    """The smallest number of people that is suspect."""
    return next(number for number in range(1, 100_000) if is_suspect(number, expected, limits))


def people(reports: Iterable[tuple[int | None, bool]]) -> float:
    """How many people (author, whether new here) reported: each once; who is new counts half, a gone author as one."""
    known: dict[int, bool] = {}
    gone = 0
    for author_id, is_new in reports:
        if author_id is None:
            gone += 1
        else:
            known[author_id] = known.get(author_id, True) and is_new
    return gone + sum(0.5 if is_new else 1.0 for is_new in known.values())


def is_new(rank: int, joined_at: datetime, asked_at: datetime) -> bool:
    """Whether somebody of the lowest rank asked within the first hour here."""
    return rank == 0 and asked_at - joined_at < YOUNG


def expected(counts: Sequence[float]) -> float:
    """What is usual: the mean of the same time of the week, never less than half a person."""
    return max(FLOOR, sum(counts) / len(counts)) if counts else FLOOR


def may_suspect_again(people_now: float, people_then: float, dismissed_at: datetime, now: datetime) -> bool:
    """After a dismissal a group is left alone for hours, unless twice as many people report."""
    return now - dismissed_at >= COOL_DOWN or people_now >= 2 * people_then
