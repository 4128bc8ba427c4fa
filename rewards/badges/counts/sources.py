"""Where badges get their counts: one function for each badge, and what a package above adds to them.

A package above makes its badge earnable with one line, ``count_by(BadgeKey.TESTER, reports_on_time)``: a badge nobody
counts is shown nowhere. ``breaches_from`` names the posts that were removed for fraud or a serious breach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_

from common import settings
from common.i18n import _
from forum.questions.rules import PostState
from rewards.badges.rules import CATALOGUE, COUNTED, Badge, BadgeKey, How

Counts = dict[tuple[int, str], tuple[int, int | None]]
"""By (member, instance): the count, and the second count where the badge asks for one."""

settings.define(
    "badges.off",
    [],
    choices=tuple(sorted(COUNTED)),
    help=_("Badges that are not given. Those that were given stay."),
)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose deeds are counted: of some members, or of all. ``pardoned``: what was removed for fraud or a serious breach is
    counted too, to see what rests on it."""

    ids: tuple[int, ...] | None = None
    pardoned: bool = False

    def limit(self, query: Any, column: Any) -> Any:
        """The query for these members only."""
        return query if self.ids is None else query.where(column.in_(self.ids))

    def stands(self, post: Any) -> ColumnElement[bool]:
        """The criterion that a post counts."""
        published = post.c.state == PostState.PUBLISHED
        if not self.pardoned or not _breaches:
            return published
        return or_(published, *(post.c.id.in_(made()) for made in _breaches))


EVERYBODY = Who()
Counter = Callable[[Who], Counts]

_counters: dict[BadgeKey, Counter] = {}
_breaches: list[Callable[[], Select[Any]]] = []


def count_by(key: BadgeKey, counter: Counter) -> None:
    """Make it known how a badge is counted. The last one named counts."""
    _counters[key] = counter


def count_no_more(key: BadgeKey) -> None:
    """Nobody counts this badge any more."""
    _counters.pop(key, None)


def breaches_from(made: Callable[[], Select[Any]]) -> None:
    """Name the posts that were removed for fraud or a serious breach, as a query of their ids. Once is enough."""
    if made not in _breaches:
        _breaches.append(made)


def breaches() -> list[Select[Any]]:
    """Those queries."""
    return [made() for made in _breaches]


def counter(key: BadgeKey) -> Counter | None:
    """How a badge is counted; None when nobody does."""
    return _counters.get(key)


def is_given(badge: Badge) -> bool:
    """Whether a badge can be had at the moment."""
    return badge.how is not How.COUNTED or (badge.key in _counters and badge.key not in _off())


def counted() -> list[Badge]:
    """The badges that are counted at the moment, in the order of the catalogue."""
    return [badge for badge in CATALOGUE.values() if badge.how is How.COUNTED and is_given(badge)]


def _off() -> list[str]:
    return list(settings.get("badges.off"))
