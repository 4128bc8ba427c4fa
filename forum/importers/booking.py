"""The port through which imported facts earn their points, at their own dates.

The package above fills it once (``set_booker``). It is called after every import with *all* facts of the
imported site, in the order they happened, so it must pass over what it has booked before (the ``cause`` is
unique for ever). A fact that no longer holds (``holds=False``: the answer lost its acceptance, a vote was taken
back, the post is gone) comes once more under the same cause, to be reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    """What happened in the other forum."""

    ACCEPTED = "accepted"
    UPVOTE = "upvote"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. ``post_id`` is the answer or question it happened to; the voter is unknown.

    ``cause`` is ``imported-accept:QUESTION:ANSWER`` or ``imported-upvote:POST:NUMBER`` (the votes of a post are
    numbered from 1 in the order of their dates), with this community's own ids.
    """

    kind: FactKind
    post_id: int
    question_id: int
    author_id: int | None
    asker_id: int | None
    occurred_at: datetime
    cause: str
    holds: bool = True


Booker = Callable[[Iterable[Fact]], None]


def _book_nothing(facts: Iterable[Fact]) -> None:
    """A forum that runs alone keeps no ledger."""
    for _fact in facts:
        pass


_booker: Booker = _book_nothing


def set_booker(booker: Booker) -> None:
    """Fill the port. Called once by the application."""
    global _booker
    _booker = booker


def book(facts: Iterable[Fact]) -> None:
    """Hand the facts to whoever keeps the ledger. Opens no unit of work: the booker does, in parts it can carry."""
    _booker(facts)
