"""What tests of the desk need: categories with a policy, held posts, decisions, members who report."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common import clock
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Post
from moderation.review import deciding, leasing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, ItemState
from moderation.review.showing import shown
from tests.conftest import START


@pytest.fixture(autouse=True)
def by_day(app, at):
    """Mails about decisions wait for the morning: these tests run in the daytime, whenever they are run."""
    at(START)


@pytest.fixture
def policy(app):
    def choose(name: str, category_id: int = 1) -> None:
        with unit_of_work():
            db.session.get(Category, category_id).policy = name

    return choose


@pytest.fixture
def held(policy, make_question, newcomer):
    """A newcomer's question that waits for a review; returns its id."""
    policy("trust")
    return make_question(newcomer, title="The washing machine hums at night")


@pytest.fixture
def item_of(app):
    def find(post_id: int, **more) -> ReviewItem:
        criteria = [getattr(ReviewItem, name) == value for name, value in more.items()]
        query = (
            db.select(ReviewItem)
            .where(ReviewItem.post_id == post_id, *criteria)
            .order_by(ReviewItem.id.desc())
        )
        return db.session.scalars(query.execution_options(populate_existing=True)).first()

    return find


@pytest.fixture
def state_of(app):
    def read(post_id: int) -> str:
        return db.session.scalar(db.select(Post.state).where(Post.id == post_id)).value

    return read


@pytest.fixture
def decide(app, item_of):
    """Claim the open item of a post and decide it, as the page does."""

    def act(who: Actor, post_id: int, decision: Decision, reason=None, message="", excerpts=()):
        open_ones = db.select(ReviewItem.id).where(
            ReviewItem.post_id == post_id, ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED))
        )
        item_id = db.session.scalars(open_ones.order_by(ReviewItem.id.desc())).first()
        lease = leasing.claim(who, item_id)
        stamp = shown(db.session.get(ReviewItem, item_id)).stamp
        verdict = deciding.Verdict(decision, reason, message, tuple(excerpts))
        return deciding.decide(who, item_id, lease.token, stamp, verdict)

    return act


@pytest.fixture
def members(app):
    """Members of a rank who joined on different days; each has something published lately when ``active``."""

    def make(count: int, rank: int = 0, first_id: int = 2000) -> list[Actor]:
        joined = clock.now()
        with unit_of_work():
            for number in range(first_id, first_id + count):
                name = f"member{number}"
                db.session.add(
                    Member(
                        id=number, email=f"{name}@example.com", email_key=f"{name}@example.com",
                        email_verified_at=joined, display_name=name, name_key=name, slug=name, language="en",
                        joined_at=joined - timedelta(days=number - first_id + 30), rank=rank,
                    )
                )  # fmt: skip
        return [
            Actor(member_id=n, role="member", rank=rank, language="en", email_verified=True,
                  joined_at=joined - timedelta(days=n - first_id + 30), display_name=f"member{n}")
            for n in range(first_id, first_id + count)
        ]  # fmt: skip

    return make


@pytest.fixture
def second_moderator(app, members) -> Actor:
    """A colleague of mo."""
    actor = members(1, first_id=3000)[0]
    with unit_of_work():
        db.session.get(Member, 3000).role = "moderator"
    return Actor(
        member_id=3000,
        role="moderator",
        language="en",
        email_verified=True,
        joined_at=actor.joined_at,
        display_name="Yanis",
    )
