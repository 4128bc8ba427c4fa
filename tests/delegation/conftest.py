"""What tests of delegation stand on: items in two categories, and people who look after one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.members.rules import name_key
from accounts.signin.sessions import actor_of
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from moderation.delegation import granting
from moderation.delegation.rules import Right
from moderation.review.models import ReviewItem
from rewards.ranks.models import Mandate
from tests.conftest import START

HERE, ELSEWHERE = 1, 2


def text_of(response) -> str:
    """The page that was answered, which must be one."""
    assert response.status_code == 200, response.status_code
    return response.get_data(as_text=True)


@pytest.fixture(autouse=True)
def by_day(app, at):
    at(START)
    with unit_of_work():
        for category_id in (HERE, ELSEWHERE):
            db.session.get(Category, category_id).policy = "trust"


@pytest.fixture
def now(app):
    """The actor as the next request would load it."""

    def load(member_id: int) -> Actor:
        return actor_of(db.session.get(Member, member_id, populate_existing=True))

    return load


@pytest.fixture
def person(app):
    """Somebody new with a number."""

    def make(number: int, rank: int = 1, **facts) -> int:
        name = f"person{number}"
        with unit_of_work():
            db.session.add(
                Member(
                    id=number, email=f"{name}@example.com", email_key=f"{name}@example.com", email_verified_at=START,
                    display_name=name, name_key=name_key(name), slug=name, language="en", rank=rank,
                    joined_at=START - timedelta(days=100), **facts,
                )
            )  # fmt: skip
        return number

    return make


@pytest.fixture
def limited(app, person, max_, now):
    """A moderator of HERE with some rights."""

    def make(*rights: Right, number: int = 3_100, category_id: int = HERE) -> Actor:
        person(number)
        granting.entrust_member(max_, number, [(category_id, right) for right in rights], "part of the team")
        return now(number)

    return make


@pytest.fixture
def mentor(app, person, now):
    """A mentor with a mandate for HERE."""
    person(3_600, rank=6)
    with unit_of_work():
        db.session.add(Mandate(member_id=3_600, rank=6, category_id=HERE, ends_at=START + timedelta(days=30)))
    return now(3_600)


@pytest.fixture
def waiting(app, make_question, newcomer):
    """A held question in each of the two categories: (item, item)."""
    ids = []
    for category_id, title in ((HERE, "The washing machine hums"), (ELSEWHERE, "The coffee is cold today")):
        post_id = make_question(
            newcomer, title=title, body=f"{title}, what could that be, please?", category_id=category_id
        )
        ids.append(db.session.scalar(db.select(ReviewItem.id).where(ReviewItem.post_id == post_id)))
    return tuple(ids)
