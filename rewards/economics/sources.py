"""Figures of other subjects on the page of the programme: each joins with one line and is shown only when it is filled.

Product trials add the share of reports in time, reviews their mean ratings, gifts what they are worth:
``add_figure(lambda since: Figure(...) if there is any else None)``, and the list behind it with ``add_listing``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.members.queries import MemberCard
from common.i18n import Sentence
from common.lists import Page


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown: its value in words, what it is, and its list: ``what`` names one of this page, ``href`` an address."""

    label: Sentence
    value: str | Sentence
    definition: Sentence
    what: str | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list behind a figure. What it is about leads to ``question_id``, or to ``link`` (endpoint and values)."""

    who: MemberCard
    what: Sentence | str
    value: str | Sentence
    at: datetime | None
    question_id: int | None = None
    slug: str = ""
    link: tuple[str, dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list behind a figure: its title, what its last column holds, and its lines since a moment, a part at a time."""

    title: Sentence
    head: Sentence
    lines: Callable[[datetime, str | None, int], Page[Line]]


_listings: dict[str, Listing] = {}


def add_listing(what: str, listing: Listing) -> None:
    """Make a list known under the name its figure gives as ``what``."""
    _listings[what] = listing


def listing(what: str) -> Listing | None:
    """The list of this name."""
    return _listings.get(what)


Maker = Callable[[datetime], Figure | None]
_makers: list[Maker] = []


def add_figure(make: Maker) -> None:
    """Make a figure known. Once is enough."""
    if make not in _makers:
        _makers.append(make)


def remove_figure(make: Maker) -> None:
    """Show it no more."""
    if make in _makers:
        _makers.remove(make)


def figures(since: datetime) -> list[Figure]:
    """What the other subjects have to show since a moment."""
    return [found for make in _makers if (found := make(since)) is not None]
