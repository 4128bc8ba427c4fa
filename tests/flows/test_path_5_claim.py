"""Path 5: points that help earned become one code, once; the code is nowhere but on its owner's page."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from common import audit
from common.db import db
from common.jobs import Job, run_due_periodics
from forum.solutions.accepting import accept_answer
from rewards.ledger import verifying
from rewards.promotions import offering, pooling
from rewards.promotions.models import Coupon
from rewards.promotions.offering import Offer
from rewards.promotions.rules import CouponState, PromotionKind
from tests.conftest import START

CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{12}\b")


@pytest.fixture
def helped(ada, ben, make_question, make_answer, at, drain):
    """Ben solved a question three days ago: his points can be spent."""
    at(START)
    question = make_question(ada)
    at(timedelta(minutes=30))
    accept_answer(ada, question, make_answer(ben, question))
    at(timedelta(days=4))
    run_due_periodics()
    drain()


@pytest.fixture
def discount(max_, helped):
    """A discount for 20 points, with two codes."""
    promotion = offering.offer_promotion(
        max_,
        Offer(
            "parts",
            PromotionKind.AMOUNT,
            1000,
            "Pièces",
            "Parts",
            20,
            max_discount_minor=1000,
            budget_minor=100_000,
        ),
    )
    pooling.make_codes(max_, promotion, 2)
    offering.open_promotion(max_, promotion)
    return promotion


def available(actor):
    return db.session.get(Member, actor.member_id, populate_existing=True).points_available


def test_points_become_one_code_shown_to_its_owner_alone(
    ben, ada, discount, client, sign_in, drain, sink, at
):
    sign_in(ben)
    before, rank = available(ben), db.session.get(Member, ben.member_id).rank
    assert before >= 20
    page = client.get("/en/rewards").get_data(as_text=True)
    key = re.search(
        r'name="key"[^>]*value="([^"]+)"',
        client.get(f"/en/rewards?exchange={discount}").get_data(as_text=True),
    )
    assert key, page[:2000]
    for _click in range(2):
        answer = client.post(f"/en/rewards/discounts/{discount}/claim", data={"key": key.group(1)})
        assert answer.status_code == 303
        assert not CODE.search(answer.headers["Location"])
    coupon = db.session.scalars(select(Coupon).where(Coupon.member_id == ben.member_id)).one()
    assert coupon.state == CouponState.ALLOCATED
    assert available(ben) == before - 20
    assert db.session.get(Member, ben.member_id).rank == rank
    coupon_id = coupon.id
    client.post(f"/en/rewards/coupons/{coupon_id}/reveal")
    code = CODE.search(client.get("/en/rewards/coupons").get_data(as_text=True)).group(0)
    at(timedelta(days=1, hours=2))
    drain()
    elsewhere = [json.dumps(job.payload) for job in db.session.scalars(select(Job))]
    elsewhere += [
        str(e.before) + str(e.after) + e.reason for e in db.session.scalars(select(audit.AuditEntry))
    ]
    elsewhere += [str(mail) for mail in sink.mails]
    assert not [place for place in elsewhere if code in place]
    other = client.application.test_client()
    sign_in(ada, other)
    assert code not in other.get("/en/rewards/coupons").get_data(as_text=True)
    assert other.post(f"/en/rewards/coupons/{coupon_id}/reveal").status_code in (403, 404)
    assert other.get(f"/en/members/{ben.member_id}/ben").get_data(as_text=True).count(code) == 0


def test_too_few_points_change_nothing(ada, discount, client, sign_in):
    sign_in(ada)
    before = available(ada)
    answer = client.post(f"/en/rewards/discounts/{discount}/claim", data={"key": "k" * 20})
    assert answer.status_code in (303, 409)
    assert available(ada) == before
    assert not db.session.scalars(select(Coupon).where(Coupon.member_id == ada.member_id)).all()


def test_the_books_agree_afterwards(ben, discount, client, sign_in):
    sign_in(ben)
    client.post(f"/en/rewards/discounts/{discount}/claim", data={"key": "k" * 20})
    assert not list(verifying.faults())
