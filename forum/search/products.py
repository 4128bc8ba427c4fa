"""The filter by product: a slug in the address, the products that are asked about most in the choice."""

from __future__ import annotations

from forum.products.queries import ProductCard, by_slug, in_category, product_card

MOST_CHOICES = 24
"""Products offered in the filter; any other works by its address."""


def product_named(slug: str) -> int | None:
    """The product of an address."""
    found = by_slug(slug)
    return found.id if found else None


def product_choice(product_id: int | None) -> ProductCard | None:
    """The chosen product."""
    return product_card(product_id)


def product_choices(chosen: ProductCard | None) -> tuple[ProductCard, ...]:
    """The products asked about most, and the chosen one."""
    known = in_category(None, MOST_CHOICES)
    return known if chosen is None or chosen.id in {one.id for one in known} else (chosen, *known)
