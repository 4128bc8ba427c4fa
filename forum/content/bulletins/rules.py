"""What a notice holds, and whom it concerns. Pure."""

from __future__ import annotations

from datetime import datetime

TITLE_LOW, TITLE_HIGH = 8, 120
TEXT_HIGH = 600
URL_HIGH = 300
PRODUCTS_MOST = 20
SHOWN = 3
"""Notices that stand above one page at most, the newest."""


def in_force(begins_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Whether a notice is shown now."""
    return begins_at <= now and (ends_at is None or now < ends_at)


def concerns(of: tuple[int, tuple[int, ...]], category_id: int | None, product_id: int | None) -> bool:
    """Whether a notice (category, products) concerns somebody who asks about this category and product.

    One that names products says nothing to who has another product; who names none hears all of the category.
    """
    of_category, products = of
    if product_id is not None and products:
        return product_id in products
    return of_category == category_id
