"""Saved watches: what one looks for, and which of thousands a text calls for. Pure.

Source: domain/escalation.md §C4 (watches of words), §C2.1 (tone). All watches together are one list of phrases; a text is
gone through once, whatever their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderation.lexicon.rules import Phrase, Sought, is_phrase, phrases_of

NAME_MOST = 80
PHRASES_MOST = 40
NOTE_MOST = 300
TONES = (0, 3, 6, 9)
"""Points of displeasure from which a text counts: any tone, one word, two, three (domain/escalation.md §C2.1)."""


class WatchMail(StrEnum):
    """How a watch tells of what it found, besides the site."""

    OFF = "off"
    NOW = "now"
    DAILY = "daily"


class MatchState(StrEnum):
    """What became of something a watch found."""

    NEW = "new"
    SEEN = "seen"
    CASE = "case"
    INCIDENT = "incident"
    HANDLED = "handled"


@dataclass(frozen=True)
class Wanted:
    """What a watch looks for: every one of ``all_of``, one of ``any_of`` if there are any, none of ``none_of``."""

    id: int
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    language: str | None = None
    category_id: int | None = None
    product_id: int | None = None
    tone_least: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as watches look at it; ``tokens`` are its folded words."""

    tokens: list[str]
    language: str
    category_id: int | None
    product_id: int | None
    tone: int


@dataclass(frozen=True)
class _Line:
    wanted: Wanted
    all_of: frozenset[Phrase]
    any_of: frozenset[Phrase]
    none_of: frozenset[Phrase]


class Book:
    """Many watches, ready to be asked about many texts: by the phrases they need."""

    def __init__(self, watches: Iterable[Wanted]) -> None:
        self._needing: defaultdict[Phrase, list[_Line]] = defaultdict(list)
        phrases: set[Phrase] = set()
        for one in watches:
            parts = [frozenset(phrases_of(texts)) for texts in (one.all_of, one.any_of, one.none_of)]
            line = _Line(one, *parts)
            phrases.update(*parts)
            for phrase in [min(line.all_of)] if line.all_of else line.any_of:
                self._needing[phrase].append(line)
        self._sought = Sought(sorted(phrases))

    def called_by(self, text: Heard) -> list[tuple[Wanted, tuple[str, ...]]]:
        """The watches this text calls for, each with those of its own words that did it."""
        stands = {phrase: " ".join(phrase) for _at, phrase in self._sought.hits(text.tokens)}
        lines = {line.wanted.id: line for phrase in stands for line in self._needing.get(phrase, ())}
        return [
            (line.wanted, tuple(sorted({stands[one] for one in line.all_of | line.any_of if one in stands})))
            for _id, line in sorted(lines.items())
            if _calls(line, stands.keys(), text)
        ]


def _calls(line: _Line, stands: Iterable[Phrase], text: Heard) -> bool:
    there, one = set(stands), line.wanted
    return (
        line.all_of <= there
        and (not line.any_of or bool(line.any_of & there))
        and not line.none_of & there
        and (one.language is None or one.language == text.language)
        and (one.category_id is None or one.category_id == text.category_id)
        and (one.product_id is None or one.product_id == text.product_id)
        and text.tone >= one.tone_least
    )


def lines_of(typed: str) -> tuple[str, ...]:
    """Phrases as somebody typed them, one a line, each once."""
    lines = (" ".join(line.split()).lower() for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def wrong_phrase(phrases: Sequence[str]) -> str | None:
    """The first that cannot be looked for: too long, or a star elsewhere than at the end of a word."""
    return next((one for one in phrases if not is_phrase(one)), None)


def hour_of(moment: datetime) -> datetime:
    """The hour a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)
