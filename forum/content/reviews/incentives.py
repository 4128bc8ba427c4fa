"""What a member was given for a review of a product: asked of the package above, which knows trials and contests.

The forum alone gives nothing, so nothing is what it answers by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from forum.content.reviews.rules import Incentive

Source = Callable[[int, int], Incentive | str]
"""(member, product) -> none, free_product_trial, discount, contest or staff."""


def nothing_is_given(_member_id: int, _product_id: int) -> Incentive:
    """The answer of a forum that runs alone."""
    return Incentive.NONE


_source: Source = nothing_is_given


def set_incentive_source(source: Source) -> Source:
    """Fill the port; returns what filled it before. Called once by whoever gives something."""
    global _source
    before, _source = _source, source
    return before


def incentive_of(member_id: int, product_id: int) -> Incentive:
    """What this member was given for a review of this product."""
    return Incentive(_source(member_id, product_id))
