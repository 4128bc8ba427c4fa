"""A suspension was wrong: discounts that lay idle or ended meanwhile are good again, for their owner and for the shop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from rewards.ledger import booking, verifying
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, keeping, offering, pooling, using
from rewards.promotions.amends import returning
from rewards.promotions.amends.returning import time_lost
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState, PromotionKind
from tests.conftest import START

DAY = timedelta(days=1)


def day(number):
    return START + number * DAY


@pytest.mark.parametrize(
    ("life", "wrong", "right", "lost"),
    [
        ((0, 3), (1, 8), [], 2),
        ((0, 9), (1, 8), [], 7),
        ((2, 9), (1, 8), [], 6),
        ((0, 9), (1, 8), [(2, 4), (3, 5)], 4),
        ((0, 9), (1, 8), [(0, 9)], 0),
        ((0, 9), (1, 8), [(0, 2), (7, 20)], 5),
        ((0, 1), (1, 8), [], 0),
        ((9, 12), (1, 8), [(2, 3)], 0),
    ],
)
def test_the_time_that_was_lost(life, wrong, right, lost):
    def span(ends):
        return day(ends[0]), day(ends[1])

    assert time_lost(span(life), span(wrong), map(span, right)) == lost * DAY


@pytest.fixture
def rich(app, at, ben):
    at(START)
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 500), "gift", "A start for the tests")
    return ben


@pytest.fixture
def promotion(app):
    """An open discount of 100 points, good for three days, with room for one code's money."""
    wanted = offering.Offer(
        "parts", PromotionKind.AMOUNT, 1000, "Pièces", "Parts", 100, valid_days=3, budget_minor=1000
    )
    made = offering.offer_promotion(SYSTEM, wanted)
    pooling.bring_codes(SYSTEM, made, ["PARTS-0001", "PARTS-0002"])
    offering.open_promotion(SYSTEM, made)
    return made


@pytest.fixture
def ended(rich, promotion, at):
    """A code that ended while its owner was suspended, from the second day to the ninth; it is the thirtieth now."""
    coupon_id = claiming.claim(rich, promotion, "a")
    at(day(12))
    assert keeping.expire_due() == 1
    at(day(30))
    return coupon_id


def give_back(who):
    with unit_of_work():
        return returning.give_time_back(SYSTEM, who.member_id, (day(1), day(8)), [])


def found(coupon_id):
    db.session.rollback()
    row = db.session.get(Coupon, coupon_id, populate_existing=True)
    return row.state, row.expires_at


def owed(promotion_id):
    db.session.rollback()
    return db.session.scalar(select(Promotion.liability_minor).where(Promotion.id == promotion_id))


def spendable(who):
    return booking.balances.available(who.member_id)


def test_a_code_that_ended_is_good_again_for_what_it_lost(ended, rich, promotion):
    with pytest.raises(using.CodeOver):
        using.described("PARTS-0001")
    assert give_back(rich) == 1
    assert found(ended) == (CouponState.ALLOCATED, day(32))
    assert using.described("PARTS-0001")["valid"] and owed(promotion) == 1000
    assert keeping.reveal(rich, ended) == "PARTS-0001"
    assert spendable(rich) == 400
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "coupon.revived")) == 1
    assert db.session.scalar(select(func.count()).where(Notification.kind == "coupon-revived")) == 1


def test_it_ends_again_at_its_new_end_and_can_be_used_until_then(ended, rich, promotion, at):
    give_back(rich)
    at(day(31))
    with unit_of_work():
        using.use(using.secrecy.fingerprint("PARTS-0001"), "order-1", 800, "EUR", day(31))
    assert found(ended)[0] is CouponState.REDEEMED and owed(promotion) == 800
    assert give_back(rich) == 0


@pytest.mark.parametrize("why", ["the discount is over", "the budget is used"])
def test_where_it_cannot_be_used_the_points_come_back_once(why, ended, rich, promotion, cleo):
    if why == "the discount is over":
        offering.end_promotion(SYSTEM, promotion)
    else:
        booking.adjust(SYSTEM, cleo.member_id, Amounts(0, 100), "gift-2", "A start for the tests")
        claiming.claim(cleo, promotion, "b")
    assert give_back(rich) == 1 and give_back(rich) == 0
    assert found(ended)[0] is CouponState.EXPIRED
    assert spendable(rich) == 500
    assert list(verifying.faults()) == []


def test_what_ended_before_or_was_taken_back_stays_and_idle_ones_are_lengthened(rich, promotion, at):
    coupon_id = claiming.claim(rich, promotion, "a")
    with unit_of_work():
        db.session.execute(update(Coupon).where(Coupon.id == coupon_id).values(expires_at=day(20)))
    assert give_back(rich) == 1
    assert found(coupon_id) == (CouponState.ALLOCATED, day(27))
    keeping.revoke(SYSTEM, coupon_id, "By mistake")
    assert give_back(rich) == 0
    assert found(coupon_id)[0] is CouponState.REVOKED


def test_many_at_once_make_it_good_once(ended, rich, promotion, in_threads):
    results = in_threads(4, lambda _number: give_back(rich))
    assert not [one for one in results if isinstance(one, Exception)]
    assert found(ended)[0] is CouponState.ALLOCATED and owed(promotion) == 1000
