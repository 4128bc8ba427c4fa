"""What product reviews say of the programme: mean ratings with and without something given for them (FEATURES, programme)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import cards
from common.db import db
from common.i18n import Sentence, _, number
from common.lists import Page, keyset, page_of
from forum.content.reviews.models import Review
from forum.content.reviews.rules import Incentive
from forum.products.models import Product
from forum.questions.rules import PostState
from rewards.economics.sources import Figure, Line, Listing, add_figure, add_listing

LIST = "reviews"


def _standing(since: datetime) -> tuple[Any, ...]:
    return Review.state == PostState.PUBLISHED, Review.shown_at >= since


def ratings(since: datetime) -> Figure | None:
    """The mean of reviews something was given for, and of the others. One query."""
    given = Review.incentive != Incentive.NONE
    row = db.session.execute(
        select(
            func.avg(Review.rating).filter(given), func.count().filter(given), func.avg(Review.rating).filter(~given),
            func.count().filter(~given),
        ).where(*_standing(since))
    ).one()  # fmt: skip
    if not row[1] and not row[3]:
        return None
    return Figure(
        _("Mean rating, something given and not"),
        _("%(given)s against %(free)s", given=_mean(row[0]), free=_mean(row[2])),
        _(
            "Reviews published in this period. Something was given for the first ones (a product trial, a discount, a contest): "
            "%(given)s; nothing for the others: %(free)s. Only the others are in the average that customers see.",
            given=number(row[1]), free=number(row[3]),
        ), LIST,
    )  # fmt: skip


def _mean(value: Any) -> str:
    return "–" if value is None else number(round(float(value), 1))


def lines(since: datetime, after: str | None, size: int) -> Page[Line]:
    """The reviews behind it, the newest first. Two queries."""
    query = select(
        Review.id,
        Review.title,
        Review.rating,
        Review.incentive,
        Review.shown_at,
        Review.author_id,
        Product.slug,
    ).join(Product, Product.id == Review.product_id)
    rows = list(
        db.session.execute(keyset(query.where(*_standing(since)), Review.shown_at, Review.id, after, size))
    )
    page = page_of(rows, size, lambda row: (row.shown_at, row.id))
    who = cards(row.author_id for row in page.items)
    return Page(
        [
            Line(who[row.author_id], row.title, _value(row.rating, row.incentive), row.shown_at, link=("products.show", {"slug": row.slug}))
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _value(rating: int, incentive: Incentive) -> Sentence:
    if incentive is Incentive.NONE:
        return _("%(rating)s of 5", rating=rating)
    return _("%(rating)s of 5, something given", rating=rating)


def register() -> None:
    """Called once by the package."""
    add_figure(ratings)
    add_listing(LIST, Listing(_("Reviews and their marks"), _("Mark"), lines))
