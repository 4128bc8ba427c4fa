"""A product and its reviews in the words of schema.org. What was given for a review stands beside it.

The average is the one that is shown: without reviews that were given for something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup

from common import settings
from forum.content.reviews.queries import ReviewView
from forum.content.reviews.rules import RATINGS, Figures, Incentive
from forum.content.reviews.wording import LABELS
from forum.discovery.structured import block


def product_page(
    name: str, address: str, figures: Figures, reviews: Iterable[ReviewView], profile: Callable[[Any], str]
) -> Markup:
    """The data block of a product's reviews; empty without any, and where staff want none."""
    shown = list(reviews)
    if not shown or settings.get("discovery.structured_data") == "never":
        return Markup("")
    content: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": name,
        "url": address,
    }
    if figures.average is not None:
        content["aggregateRating"] = {
            "@type": "AggregateRating", "ratingValue": figures.average, "reviewCount": figures.count, **_BOUNDS,
        }  # fmt: skip
    content["review"] = [_review(one, profile) for one in shown]
    return block(content)


_BOUNDS = {"bestRating": RATINGS[0], "worstRating": RATINGS[-1]}


def _review(review: ReviewView, profile: Callable[[Any], str]) -> dict[str, Any]:
    author = {"@type": "Person", "name": str(review.author.name)}
    found: dict[str, Any] = {
        "@type": "Review", "name": review.title, "reviewBody": review.plain, "inLanguage": review.language,
        "datePublished": review.published_at.date().isoformat() if review.published_at else "",
        "author": author if review.author.id is None else {**author, "url": profile(review.author)},
        "reviewRating": {"@type": "Rating", "ratingValue": review.rating, **_BOUNDS},
    }  # fmt: skip
    for name, listed in (("positiveNotes", review.pros), ("negativeNotes", review.cons)):
        if listed:
            items = [{"@type": "ListItem", "position": n, "name": one} for n, one in enumerate(listed, 1)]
            found[name] = {"@type": "ItemList", "itemListElement": items}
    if review.incentive is not Incentive.NONE:
        found["disambiguatingDescription"] = str(LABELS[review.incentive])
    return found
