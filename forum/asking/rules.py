"""Which category a question belongs to, guessed from what is known; and what became of a visit to the ask page. Pure.

Source: design/UX.md §5 "Ask with live solutions", §12 (asks stopped by an existing solution).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

VISIT = re.compile(r"[A-Za-z0-9_-]{16}")
"""The mark of one visit to the ask page; random, it names nobody."""
DECIDED_AFTER = timedelta(hours=24)
"""Who has not asked by then went away with what was found, or without."""
ENOUGH = 0.5
"""A guess is made when at least this share of what points anywhere points to one category."""
SHOWN = 4


class Outcome(StrEnum):
    """What became of a visit to which solutions were shown."""

    OPEN = ""
    SETTLED = "settled"
    FOLLOWED = "followed"
    ASKED = "asked"
    ASKED_LATER = "asked_later"
    LEFT = "left"


class GuessReason(StrEnum):
    """Why a category was guessed, so that it can be said."""

    PRODUCT = "product"
    NAMED = "named"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Guess:
    """A category, and why."""

    category_id: int
    reason: GuessReason


def guess_category(
    product: int | None,
    named: int | None,
    similar: Iterable[int],
    names: Mapping[int, Iterable[str]],
    words: str,
) -> Guess | None:
    """The category of the product chosen; else of the product named in the title; else the one most similar
    questions are filed in, the nearest counting most, together with a category whose own name is in the title.

    ``similar`` are the categories of similar questions, the nearest first. None where nothing points anywhere.
    """
    if product is not None:
        return Guess(product, GuessReason.PRODUCT)
    if named is not None:
        return Guess(named, GuessReason.NAMED)
    votes: dict[int, float] = {}
    for place, category_id in enumerate(similar, start=1):
        votes[category_id] = votes.get(category_id, 0.0) + 1 / place
    said = set(re.findall(r"\w{4,}", words.casefold()))
    for category_id, known in names.items():
        if any(word in said for name in known for word in re.findall(r"\w{4,}", name.casefold())):
            votes[category_id] = votes.get(category_id, 0.0) + 1.0
    if not votes:
        return None
    best = max(votes, key=lambda one: votes[one])
    return Guess(best, GuessReason.SIMILAR) if votes[best] >= ENOUGH * sum(votes.values()) else None
