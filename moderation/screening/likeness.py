"""Whether two texts are the same, or nearly: a digest of the words, and SimHash. Pure (domain/moderation.md §B5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Protocol

from moderation.screening.folded import plain

NEAR = 3
"""Bits of 64 that may differ between two texts that are nearly the same."""

LEAST_LETTERS = 60
"""Shorter texts are alike by chance: thanks, yes, same here."""


class Print(Protocol):
    """What is kept of a text to compare it with."""

    digest: str
    simhash: int


_WORD = re.compile(r"\w+")
_BITS = 64


def digest(text: str) -> str:
    """The same for texts whose words are the same, whatever capitals, accents, blanks and signs; empty for a short one."""
    words = " ".join(_WORD.findall(plain(text).text))
    if len(words) < LEAST_LETTERS:
        return ""
    return blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def simhash(text: str) -> int:
    """64 bits, most of them the same for texts that share most of their words; 0 for a short one. Signed, to be stored."""
    words = _WORD.findall(plain(text).text)
    if sum(map(len, words)) < LEAST_LETTERS:
        return 0
    sums = [0] * _BITS
    for piece, times in Counter(words).items():
        hashed = int.from_bytes(blake2b(piece.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        for bit in range(_BITS):
            sums[bit] += times if hashed >> bit & 1 else -times
    whole = sum(1 << bit for bit in range(_BITS) if sums[bit] > 0)
    return whole - (1 << _BITS) if whole >> (_BITS - 1) else whole


def distance(one: int, other: int) -> int:
    """In how many bits two of them differ."""
    return ((one ^ other) & ((1 << _BITS) - 1)).bit_count()


def is_alike(one: Print, other: Print) -> bool:
    """Whether two texts are the same, or nearly, by what was kept of them."""
    if one.digest and one.digest == other.digest:
        return True
    return bool(one.simhash and other.simhash and distance(one.simhash, other.simhash) <= NEAR)


def nearest(mine: int, others: Iterable[tuple[int, int]]) -> int | None:
    """Of (id, simhash), the id of the one that is nearly the same; None when there is none."""
    near = [(distance(mine, hashed), key) for key, hashed in others if mine and hashed]
    best = min(near, default=None)
    return best[1] if best is not None and best[0] <= NEAR else None
