"""Where value comes from. Each subject of rewards that gives something of value registers how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, literal, union_all

from common.i18n import Sentence

COLUMNS = ("member_id", "at", "minor", "currency", "title_fr", "title_en", "reference")


@dataclass(frozen=True)
class Source:
    """``given(start, end)`` selects :data:`COLUMNS` of what members received in that time, ``promised()`` member_id,
    minor and currency of what they hold and have not used."""

    key: str
    words: Sentence
    given: Callable[[datetime, datetime], Any]
    promised: Callable[[], Any] | None = None


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Make a source known; the same key again replaces the former."""
    _sources[source.key] = source


def words_of(key: str) -> Sentence:
    """What a source is called."""
    return _sources[key].words


def given(start: datetime, end: datetime) -> CompoundSelect[Any]:
    """Everything that was received, with the key of its source as ``source``."""
    return union_all(
        *(one.given(start, end).add_columns(literal(key).label("source")) for key, one in _sources.items())
    )


def promised() -> list[Any]:
    """What is held and not used."""
    return [one.promised() for one in _sources.values() if one.promised is not None]
