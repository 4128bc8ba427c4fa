"""What can be asked of the search and what comes back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PAGE_SIZE = 20
LAST_PAGE = 10
"""Nobody reads the 200th result: later pages are not offered."""
LONGEST_QUERY = 200
TITLE_WEIGHT = 6.0
"""A word in the title counts as much as this many in the text."""
SOLVED_WEIGHT = 1.15
"""A solved question ranks as if it matched this much better."""
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

    @property
    def active(self) -> bool:
        """True when at least one narrows."""
        return any(
            value is not None
            for value in (self.state, self.category_id, self.tag, self.author_id, self.language)
        )


@dataclass(frozen=True, slots=True)
class Document:
    """One question as the index takes it: words of title and text as terms, the rest as filters.

    ``text_terms`` are of the question, then of its answers, the solution first.
    """

    question_id: int
    language: str
    title_terms: tuple[str, ...]
    text_terms: tuple[str, ...]
    words: frozenset[str]
    state: str
    category_id: int
    tags: tuple[str, ...]
    author_ids: tuple[int, ...]


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
