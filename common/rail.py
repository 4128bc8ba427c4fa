"""The desk's rail: each room declares its line here, and the desk draws them all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from common.i18n import Sentence, number
from common.permissions import Actor


class Pressing(int):
    """A number that stands out: what is counted is late or must not wait."""


@dataclass(frozen=True)
class Line:
    """One line of the rail: what it opens, its icon and its words, and who sees it.

    ``pages`` are the beginnings of the endpoints that belong to it, by default everything of its blueprint. ``count``
    is how many wait there, shown when there are any; where the question stops counting at ``most`` a plus says so.
    ``go`` is the key that opens it after G.
    """

    endpoint: str
    icon: str
    words: Sentence
    may: Callable[[Actor], object]
    pages: tuple[str, ...] = ()
    count: Callable[[Actor], int] | None = None
    most: int | None = None
    go: str = ""

    def address(self, who: Actor) -> str | None:
        """Where it leads this person; None for who does not see it."""
        return url_for(self.endpoint) if self.may(who) else None

    def is_open(self) -> bool:
        """Whether the page in hand is one of its own."""
        return (request.endpoint or "").startswith(self.pages or (self.endpoint.rpartition(".")[0] + ".",))

    def drawn(self, who: Actor) -> dict[str, Any] | None:
        """What the template shows, or None for who does not see it. At most one query, for the count."""
        if (address := self.address(who)) is None:
            return None
        waiting = self.count(who) if self.count else 0
        shown = f"{self.most}+" if self.most and waiting >= self.most else number(waiting)
        return {
            "address": address,
            "icon": self.icon,
            "words": self.words,
            "is_open": self.is_open(),
            "count": shown if waiting else "",
            "is_pressing": isinstance(waiting, Pressing),
            "go": self.go,
        }


_lines: dict[str, list[Line]] = {}


def add(section: str, *lines: Line) -> None:
    """Put lines at the end of a section: work, unanswered, community, steering or end. Twice does nothing more."""
    known = _lines.setdefault(section, [])
    known.extend(line for line in lines if line not in known)


def lines(section: str) -> list[Line]:
    """What was added to a section, in that order."""
    return _lines.get(section, [])
