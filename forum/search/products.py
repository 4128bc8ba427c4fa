"""The filter by product, as far as questions are about products."""

from __future__ import annotations

from typing import Any


def product_named(slug: str) -> int | None:
    """The product of an address."""
    return None


def product_choice(product_id: int | None) -> Any:
    """The product as the page shows it."""
    return None
