"""Which questions an incident is about, and which of its moves is legal. Pure.

Source: domain/escalation.md §C4 (announced, resolved, regression), §C1.1 (linked).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

TITLE_LOW, TITLE_HIGH = 8, 120
TEXT_HIGH = 600
MOST_AT_ONCE = 50
"""Questions that are attached by one form."""


class IncidentState(StrEnum):
    """What is known of an incident. Only people move it; what was over for days is closed by the clock.

    Confirmed: the team knows, nobody else. Monitoring: it seems repaired, and is watched.
    """

    CONFIRMED = "confirmed"
    ANNOUNCED = "announced"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"


MOVES: Mapping[IncidentState, frozenset[IncidentState]] = {
    IncidentState.CONFIRMED: frozenset({IncidentState.ANNOUNCED, IncidentState.CLOSED}),
    IncidentState.ANNOUNCED: frozenset({IncidentState.MONITORING, IncidentState.RESOLVED}),
    IncidentState.MONITORING: frozenset({IncidentState.ANNOUNCED, IncidentState.RESOLVED}),
    IncidentState.RESOLVED: frozenset({IncidentState.ANNOUNCED, IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset(),
}
"""Which state may follow which (domain/escalation.md §C4)."""
OPEN = frozenset({IncidentState.ANNOUNCED, IncidentState.MONITORING})
"""Told to everybody, and not over."""
GOING = OPEN | {IncidentState.CONFIRMED}


def sources_of(target: IncidentState) -> frozenset[IncidentState]:
    """The states from which an incident may get there."""
    return frozenset(source for source, targets in MOVES.items() if target in targets)


class UpdateKind(StrEnum):
    """What a line of an incident's story says."""

    ANNOUNCED = "announced"
    NEWS = "news"
    RESOLVED = "resolved"
    AGAIN = "again"


def concerns(incident: tuple[int | None, int | None], category_id: int | None, product_id: int | None) -> int:
    """How well an incident (category, product) fits a question: 0 not at all, 2 the very product, 1 the category.

    An incident of a product says nothing to somebody who names another product; who names none is told where the
    category is the same.
    """
    of_category, of_product = incident
    if of_product is not None and product_id is not None:
        return 2 if of_product == product_id else 0
    return 1 if of_category is not None and of_category == category_id else 0


def is_regression(broken: int, concerned: int, people: int = 3, percent: float = 10) -> bool:
    """Whether so many say that it is still broken that it may be back: three, or one in ten of those it concerned."""
    return broken >= people or (broken > 0 and broken * 100 >= percent * concerned)
