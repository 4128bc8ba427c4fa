"""Where reviews are seen outside their pages: on a product and on a member's profile. The label is on both."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from forum.content.reviews import queries, wording
from forum.content.reviews.permissions import can_review
from forum.content.reviews.writing import standing_of


def on_product(product: Any) -> str:
    """Figures and the newest reviews of a product."""
    who = actor()
    page = queries.reviews_page(product.id, size=queries.ON_PRODUCT)
    standing = standing_of(who, product.id, product.brand) if who.signed_in else None
    return render_template(
        "forum/reviews/_on_product.html", product=product, reviews=page.items, figures=queries.figures_of(product.id),
        words=wording, may_write=bool(standing and can_review(who, standing)),
        own_id=standing.own_review_id if standing else None,
    )  # fmt: skip


def on_profile(card: Any) -> str:
    """A member's newest reviews."""
    reviews = queries.reviews_of(card.id)
    return (
        render_template("forum/reviews/_on_profile.html", reviews=reviews, words=wording) if reviews else ""
    )
