"""Products with owners, and reviews of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from common import clock, limits
from common.db import db
from common.unit_of_work import unit_of_work
from forum.content.reviews import incentives, writing
from forum.content.reviews.forms import Typed, read_draft
from forum.products.models import Device, Product
from tests.conftest import START

BODY = "It dries well and stays quiet; after four months the door still closes like on the first day."


@pytest.fixture(autouse=True)
def _then(app, at):
    at(START + timedelta(hours=1))
    knew = incentives.set_incentive_source(incentives.nothing_is_given)
    yield
    incentives.set_incentive_source(knew)


@pytest.fixture
def product(app):
    """A machine that ada, ben and cleo bought."""
    with unit_of_work():
        made = Product(
            key="A2", slug="ondea-8", name="Ondéa 8", brand="Brévane", category_id=1, search_text="ondea 8"
        )
        db.session.add(made)
        db.session.flush()
        for member_id in (1, 2, 3, 9):
            db.session.add(
                Device(member_id=member_id, product_id=made.id, verified_at=clock.now(), verified_by="shop")
            )
        return made.id


@pytest.fixture
def typed():
    """A form filled in; parts of it otherwise."""

    def fill(**more):
        filled = {
            "rating": "4", "title": "Quiet and dry", "text": BODY, "pros": "Quiet\nDries well", "cons": "Heavy door",
            "experienced_on": date(2026, 2, 1).isoformat(),
        }  # fmt: skip
        return Typed(**(filled | more))

    return fill


@pytest.fixture
def review(app, product, typed):
    """A review by somebody; returns what became of it."""

    def write(who, rating=4, product_id=None, **more):
        limits.forget()
        draft = read_draft(who, typed(rating=str(rating), **more))
        return writing.write_review(who, product_id or product, draft)

    return write


@pytest.fixture
def tested(app):
    """Somebody received the product free."""

    def give(who):
        given = {"none": "none", "free": "free_product_trial"}
        incentives.set_incentive_source(
            lambda member_id, _product: given["free" if member_id == who.member_id else "none"]
        )

    return give
