"""Figures of other subjects on the page of the programme: each joins with one line and is shown only when it is filled.

Product trials add the share of reports in time, product reviews their mean ratings:
``add_figure(lambda since: Figure(...) if there is any else None)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.i18n import Sentence


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown: its value in words, what it is, and its list: ``what`` names one of this page, ``href`` an address."""

    label: Sentence
    value: str | Sentence
    definition: Sentence
    what: str | None = None
    href: str | None = None


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
