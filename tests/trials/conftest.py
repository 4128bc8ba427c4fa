"""What the tests of trials share: a product, a campaign at any step, and members who may take part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from common import clock
from common.db import db, insert_many
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.products.models import Product
from rewards.trials import applying, campaigns, selecting
from rewards.trials.applying import Form
from rewards.trials.campaigns import Plan
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import Method
from rewards.trials.sending import addresses, shipping
from rewards.trials.sending.addresses import Address
from tests.conftest import IDS, START

HOME = Address("Ada Martin", "12 rue des Lilas", "", "35000", "Rennes", "FR", "")
PLAN = Plan(
    title_fr="Un mois avec le Marmito", title_en="A month with the Marmito", product_id=1, stock=2,
    ends_at=START + timedelta(days=10), answer_at=START + timedelta(days=14), summary_fr="Vous cuisinez.", summary_en="You cook.",
    countries=("FR", "BE"), questions=({"fr": "Combien de repas ?", "en": "How many meals?"},),
    steps=({"fr": "Premières impressions", "en": "First impressions"}, {"fr": "Compte rendu", "en": "Report"}),
    legal_fr="Vous racontez ce que vous pensez.", legal_en="You say what you think.", budget_owner_id=IDS["max"],
    method=Method.LOTTERY,
)  # fmt: skip


@pytest.fixture(autouse=True)
def monday(app, at):
    """A product to try, at the start of the week."""
    at(START)
    with unit_of_work():
        for number, category in ((1, 2), (2, 2), (3, 1)):
            db.session.add(
                Product(
                    id=number,
                    key=f"p{number}",
                    slug=f"p{number}",
                    name=f"Product {number}",
                    search_text=f"p{number} product {number}",
                    category_id=category,
                )
            )
    yield
    db.session.rollback()


def people(count: int, rank: int = 2, first: int = 3001) -> list[Actor]:
    """Members who have been here long."""
    joined = START - timedelta(days=90)
    rows = [
        {
            "id": n, "email": f"c{n}@example.com", "email_key": f"c{n}@example.com", "email_verified_at": START,
            "display_name": f"Crowd {n}", "name_key": f"crowd {n}", "slug": f"crowd-{n}", "language": "en",
            "joined_at": joined, "rank": rank,
        }
        for n in range(first, first + count)
    ]  # fmt: skip
    with unit_of_work():
        insert_many(Member, rows)
    return [
        Actor(
            member_id=row["id"],
            role="member",
            rank=rank,
            language="en",
            email_verified=True,
            joined_at=joined,
        )
        for row in rows
    ]


def form(trial_id: int, **changes) -> Form:
    """An application with everything in it."""
    agreed = db.session.get(Trial, trial_id).rules_hash
    return replace(Form(("Ten.",), True, "FR", True, True, True, agreed), **changes)


def state_of(application_id: int) -> str:
    db.session.rollback()
    return str(db.session.get(TrialApplication, application_id).state)


def states(trial_id: int) -> list[str]:
    """The states of all participations, in order of their ids."""
    db.session.rollback()
    query = (
        select(TrialApplication.state)
        .where(TrialApplication.trial_id == trial_id)
        .order_by(TrialApplication.id)
    )
    return [str(one) for one in db.session.scalars(query)]


def stage(trial_id: int) -> str:
    """Where the campaign stands."""
    db.session.rollback()
    return str(db.session.get(Trial, trial_id).state)


@pytest.fixture
def open_trial(max_) -> Callable[..., int]:
    """A published campaign."""

    def make(**changes) -> int:
        trial_id = campaigns.draft(max_, replace(PLAN, **changes))
        campaigns.publish(max_, trial_id)
        return trial_id

    return make


@pytest.fixture
def chosen(open_trial, max_, at) -> Callable[..., tuple[int, dict[int, Actor]]]:
    """A campaign after its selection, and who has applied: (its number, actors by application in frozen order)."""

    def make(count: int = 4, **changes) -> tuple[int, dict[int, Actor]]:
        trial_id = open_trial(**changes)
        crowd = {applying.apply(who, trial_id, form(trial_id)): who for who in people(count)}
        campaigns.end_applications(max_, trial_id, "All have applied")
        selecting.confirm(max_, trial_id, selecting.preview(max_, trial_id).digest)
        a = TrialApplication
        order = db.session.scalars(select(a.id).where(a.trial_id == trial_id).order_by(a.position))
        return trial_id, {one: crowd[one] for one in list(order)}

    return make


@pytest.fixture
def testing(chosen, max_) -> Callable[..., tuple[int, dict[int, Actor]]]:
    """A campaign whose chosen members have the product: (its number, testers by application)."""

    def make(count: int = 2, **changes) -> tuple[int, dict[int, Actor]]:
        trial_id, crowd = chosen(count, **changes)
        for who in crowd.values():
            addresses.give(who, trial_id, HOME)
        shipping.hand_over(max_, trial_id)
        for one in crowd:
            shipping.take(max_, shipping.Event(f"A-{one}", "delivered"))
        return trial_id, crowd

    return make


def days(count: float) -> timedelta:
    return timedelta(days=count)


def now():
    return clock.now()
