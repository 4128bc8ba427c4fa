"""Which questions an incident is about, and which of its moves is legal. Pure.

Source: domain/escalation.md §C4 (announced, resolved, regression), §C1.1 (linked).
"""

from __future__ import annotations

from enum import StrEnum

TITLE_LOW, TITLE_HIGH = 8, 120
TEXT_HIGH = 600
MOST_AT_ONCE = 50
"""Questions that are attached by one form."""


class IncidentState(StrEnum):
    """What is known of an incident. Only people move it."""

    ANNOUNCED = "announced"
    RESOLVED = "resolved"


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
