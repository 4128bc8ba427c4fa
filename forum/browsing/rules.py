"""Which filters a list of questions knows, and how they stand in an address. Pure.

Source: design/UX.md §3 (filters and page live in the query string) and §4 page 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

PAGE_SIZE = 20
"""Rows of a public list."""

MOST_ROWS = 50
"""A page of any list never holds more."""

PERIODS = {"7": 7, "30": 30, "365": 365}
"""Choices of the period filter: what stands in the address → days."""

WAITING_HOURS = 24
"""An unanswered question older than this needs attention (design/UX.md §5, unanswered promise)."""

WANTED_COUNT = 10
"""An unsolved question with this many "me too" needs attention."""

TEXT_MAX = 100
"""Longest filter value taken from an address; longer ones are nobody's choice."""


class ListState(StrEnum):
    """What a list may be narrowed to. Derived from a question, never stored as such."""

    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    ATTENTION = "attention"
    WAITING = "waiting"
    PRESUMED = "presumed"
    SOLVED = "solved"
    OFFICIAL = "official"
    ENDED = "ended"


class ListSort(StrEnum):
    """The orders of a list; the first is the default."""

    ACTIVE = "active"
    NEW = "new"
    WANTED = "wanted"
    VIEWED = "viewed"


@dataclass(frozen=True, slots=True)
class Filters:
    """A list as its address describes it. Empty text means "not filtered by this"."""

    state: str = ""
    category: str = ""
    tag: str = ""
    language: str = ""
    period: str = ""
    product: str = ""
    sort: str = ListSort.ACTIVE.value

    @classmethod
    def read(cls, args: Mapping[str, str], languages: tuple[str, ...]) -> Filters:
        """Take filters from the query string. A value that is no choice is left out, never an error."""
        return cls(
            state=_choice(args.get("state"), [state.value for state in ListState]),
            category=_text(args.get("category")),
            tag=_text(args.get("tag")).lower(),
            language=_choice(args.get("language"), list(languages)),
            period=_choice(args.get("period"), list(PERIODS)),
            product=_text(args.get("product")).lower(),
            sort=_choice(args.get("sort"), [sort.value for sort in ListSort]) or ListSort.ACTIVE.value,
        )

    def args(self) -> dict[str, str]:
        """The query string of this list, without defaults."""
        shown = {field.name: getattr(self, field.name) for field in fields(self)}
        if shown["sort"] == ListSort.ACTIVE:
            shown["sort"] = ""
        return {name: value for name, value in shown.items() if value}

    def without(self, name: str) -> Filters:
        """The same list with one filter taken away."""
        return replace(self, **{name: ""})

    def with_(self, **chosen: str) -> Filters:
        """The same list with other choices."""
        return replace(self, **chosen)

    @property
    def plain(self) -> bool:
        """True when at most the category and the state narrow the list: only then it is counted."""
        return not (self.tag or self.language or self.period or self.product)


def _choice(value: str | None, choices: list[str]) -> str:
    return value if value in choices else ""


def _text(value: str | None) -> str:
    text = (value or "").strip()
    return text if len(text) <= TEXT_MAX and "\0" not in text else ""
