"""Which passages answer a query, and whether they say enough. Pure.

A source is its title and its passages; the evidence is the share of what was asked that title and passage hold, each
word by its rarity. Quotes stand as they were written: contiguous lines, nothing left out between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

MOST_QUOTES = 3
LONGEST, ENOUGH = 360, 120
"""Characters of a passage: lines are put together until they are enough, and never grow longer than the longest."""
MOST_PASSAGES = 40
NEAR_BEST = 0.8
"""A further source is quoted when its evidence is at least this share of the best one's."""
BY_PASSAGE = 0.35
"""What a passage says itself counts beside title and passage together, so that the telling part of a text is chosen."""
Of = TypeVar("Of")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


class SourceKind(StrEnum):
    """What a passage is taken from; the first stand before others that say as much."""

    OFFICIAL = "official"
    ACCEPTED = "accepted"
    RECOMMENDED = "recommended"
    GUIDE = "guide"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passage of a source that says most: its lines, and how much of what was asked it holds with its title."""

    lines: tuple[str, ...]
    share: float
    said: float


def passages(text: str) -> list[tuple[str, ...]]:
    """A text (a line a paragraph) in passages of a few lines; long paragraphs are cut between sentences."""
    found: list[tuple[str, ...]] = []
    lines: list[str] = []
    for line in _pieces(text):
        if lines and _is_whole(lines, line):
            found.append(tuple(lines))
            lines = []
        lines.append(line)
        if len(found) >= MOST_PASSAGES:
            return found
    return [*found, tuple(lines)] if lines else found


def _is_whole(lines: list[str], following: str) -> bool:
    """Whether lines are a passage before the following one; what ends in a colon leads on to it."""
    longest = 2 * LONGEST if lines[-1].endswith(":") else LONGEST
    together = len(" ".join([*lines, following]))
    return together > longest or (longest == LONGEST and len(" ".join(lines)) >= ENOUGH)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for line in text.split("\n"):
        if len(line) <= LONGEST:
            pieces.append(line)
            continue
        piece = ""
        for sentence in _SENTENCE.split(line):
            if piece and len(piece) + 1 + len(sentence) > LONGEST:
                pieces.append(piece)
                piece = ""
            piece = f"{piece} {sentence}" if piece else sentence
        pieces.append(piece)
    return [piece for piece in pieces if piece and len(piece) <= 2 * LONGEST]


def best_passage(
    title: str, text: str, weights: Sequence[float], held: Callable[[str], Collection[int]]
) -> Evidence | None:
    """The passage that says most, the first of equals. ``held`` tells which of the things asked for a text holds,
    ``weights`` what each counts. A single code must stand in the passage itself; a source where the passage holds nothing that was
    asked is no evidence, unless its title holds all of it."""
    whole = sum(weights)
    if not whole:
        return None
    named = set(held(title))
    best: Evidence | None = None
    for lines in passages(text):
        own = set(held(" ".join(lines)))
        both = own if len(weights) == 1 else named | own
        if not own and len(named) < len(weights):
            continue
        share = sum(weights[one] for one in both) / whole
        said = share + BY_PASSAGE * sum(weights[one] for one in own) / whole
        if best is None or said > best.said:
            best = Evidence(lines, share, said)
    return best


def chosen(found: Sequence[tuple[Evidence, Of]], least: float) -> list[tuple[Evidence, Of]]:
    """The sources that are quoted, those that say most first; none where even the best says too little."""
    enough = [one for one in found if one[0].share >= least]
    ranked = sorted(enough, key=lambda one: -round(one[0].said, 2))
    if not ranked:
        return []
    best = ranked[0][0].said
    return [one for one in ranked if one[0].said >= NEAR_BEST * best][:MOST_QUOTES]


def is_too_vague(words: Sequence[str]) -> bool:
    """Whether so little was typed that no passage can be its answer: one word that is no code."""
    return len(words) < 2 and not any(char.isdigit() for word in words for char in word)


def is_unhelpful(up: int, down: int, least: int) -> bool:
    """Whether so many said no to a source for a query that it is not quoted for it any more."""
    return down - up >= least
