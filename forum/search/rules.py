"""What can be asked of the search and what comes back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

PAGE_SIZE = 20
LAST_PAGE = 10
"""Nobody reads the 200th result: later pages are not offered."""
LONGEST_QUERY = 200
SYNONYM_WEIGHT = 0.8
"""What the word of a synonym counts beside the word that was typed."""
FEW = 3
"""With fewer results than this, questions with only some of the words are added."""


class SearchState(StrEnum):
    """Filter by how far a question has got."""

    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the results are narrowed to; ``None`` means not at all."""

    state: SearchState | None = None
    category_id: int | None = None
    tag: str | None = None
    author_id: int | None = None
    language: str | None = None
    product_id: int | None = None
    accepted: bool = False
    """Only questions whose asker marked a solution."""
    since: date | None = None
    until: date | None = None
    """Asked on these days, both included."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a result should speak of: a word as typed, or the words of a phrase that has synonyms. ``others`` mean the
    same: each is the index terms of a word or of a phrase, which must all be there."""

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One question as the index takes it: words of title and text as terms, the rest as filters.

    ``answer_terms`` are of its answers, the solution first; ``thumbs_up`` are those of the question and its answers.
    """

    question_id: int
    language: str
    title_terms: tuple[str, ...]
    text_terms: tuple[str, ...]
    answer_terms: tuple[str, ...]
    answers: int
    views: int
    thumbs_up: int
    words: frozenset[str]
    state: str
    category_id: int
    tags: tuple[str, ...]
    author_ids: tuple[int, ...]
    product_id: int | None
    accepted: bool
    day: date


@dataclass(frozen=True, slots=True)
class Match:
    """A question that the index found. The score is comparable within one answer only."""

    question_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Matches:
    """What the index found: the wanted part of the list, best first, and how long the whole list is."""

    items: tuple[Match, ...]
    total: int


def band(score: float) -> int:
    """Scores within about one percent of each other are one band: such results fit equally well."""
    return round(log(score) / log(1.01)) if score > 0 else -10_000


class Resting(Exception):
    """The index cannot be read at the moment; the pages say so and go on."""


class Busy(Exception):
    """Somebody else is writing the index; try again later."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How the index is, for ``/healthz``, ``doctor`` and the search page."""

    well: bool
    documents: int
    detail: str
    make: str
