"""Fifty at once: one balance, the last code, one thumbs-up, one acceptance. Each has a racy twin that is caught."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common import clock
from common.db import db, insert_many
from common.errors import Conflict, Refusal
from common.permissions import SYSTEM, Actor
from common.unit_of_work import unit_of_work
from forum.questions.models import Kudos
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer
from rewards.ledger import balances, booking, settling, verifying
from rewards.ledger.booking import Place
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Account, Amounts, Cause, CauseType, EntryKind
from rewards.promotions import claiming, offering, pooling
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState, PromotionKind, PromotionStatus
from tests.conftest import START

N = 50


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)
    yield
    db.session.rollback()


def spendable(member_id: int) -> int:
    db.session.rollback()
    read = select(func.coalesce(func.sum(LedgerEntry.granted), 0)).where(
        LedgerEntry.member_id == member_id, LedgerEntry.account == Account.SPENDABLE
    )
    return db.session.scalar(read)


def crowd(count: int, points: int = 0) -> list[Actor]:
    """Members who have been here long, with points to spend."""
    ids = range(3001, 3001 + count)
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": n, "email": f"c{n}@example.com", "email_key": f"c{n}@example.com", "email_verified_at": START,
                    "display_name": f"Crowd {n}", "name_key": f"crowd {n}", "slug": f"crowd-{n}", "language": "en",
                    "joined_at": START - timedelta(days=90), "rank": 2,
                }
                for n in ids
            ],
        )  # fmt: skip
    if points:
        for n in ids:
            booking.adjust(SYSTEM, n, Amounts(0, points), f"gift-{n}", "For the race")
    return [
        Actor(
            member_id=n,
            role="member",
            rank=2,
            language="en",
            email_verified=True,
            joined_at=START - timedelta(days=90),
        )
        for n in ids
    ]


def offer(codes: int, cost: int = 100, limit: int = 1, **more) -> int:
    promotion_id = offering.offer_promotion(
        SYSTEM,
        offering.Offer(
            "race", PromotionKind.AMOUNT, 500, "Course", "Race", cost, per_member_limit=limit, **more
        ),
    )
    pooling.bring_codes(SYSTEM, promotion_id, [f"RACE-{n:05d}" for n in range(codes)])
    offering.open_promotion(SYSTEM, promotion_id)
    return promotion_id


def only_refusals(results) -> None:
    odd = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]
    assert not odd, odd[:3]


# --- one balance ------------------------------------------------------------------------------------------------


def test_fifty_spends_of_one_balance_never_overspend(ben, in_threads):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "For the race")
    results = in_threads(N, lambda n: booking.spend(ben, 90, Cause(CauseType.COUPON, f"race-{n}")))
    only_refusals(results)
    assert len([r for r in results if isinstance(r, int)]) == 11
    assert spendable(ben.member_id) == 10
    assert not list(verifying.faults())


def test_a_racy_spend_would_be_caught(ben, in_threads):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "For the race")
    everybody_looked = threading.Barrier(N)

    def racy(n: int) -> None:
        enough = db.session.scalar(select(Balance.matured).where(Balance.member_id == ben.member_id)) >= 90
        db.session.rollback()
        everybody_looked.wait()
        if enough:
            with unit_of_work():
                insert_many(LedgerEntry, [_spent(ben.member_id, 90, n)])

    in_threads(N, racy)
    assert spendable(ben.member_id) < 0
    assert list(verifying.faults())


def _spent(member_id: int, cost: int, n: int) -> dict:
    return {
        "member_id": member_id, "account": Account.SPENDABLE, "kind": EntryKind.SPEND, "requested": -cost, "granted": -cost,
        "rule_key": "x", "cause_type": CauseType.COUPON, "cause_id": f"racy-{n}", "cause_seq": 1, "occurred_at": clock.now(),
        "effective_day": clock.now().date(), "available_at": clock.now(), "created_at": clock.now(),
    }  # fmt: skip


def test_fifty_times_the_same_payment_is_paid_once(ben, in_threads):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 5000), "gift", "For the race")
    results = in_threads(N, lambda n: booking.spend(ben, 90, Cause(CauseType.COUPON, "same")))
    only_refusals(results)
    assert len([r for r in results if isinstance(r, int)]) == 1
    assert spendable(ben.member_id) == 4910


# --- the last code ----------------------------------------------------------------------------------------------


def test_fifty_claims_of_the_last_code_give_it_once_and_nobody_else_loses_a_point(in_threads):
    people, promotion_id = crowd(N, points=100), offer(codes=1)
    results = in_threads(N, lambda n: claiming.claim(people[n], promotion_id, "click"))
    only_refusals(results)
    winners = [n for n, r in enumerate(results) if isinstance(r, int)]
    assert len(winners) == 1
    for n, who in enumerate(people):
        assert spendable(who.member_id) == (0 if n in winners else 100)
    assert db.session.get(Promotion, promotion_id, populate_existing=True).status is PromotionStatus.PAUSED
    assert not list(verifying.faults())


def test_two_hundred_claims_on_a_hundred_codes_give_a_hundred_different_codes(in_threads):
    people, promotion_id = crowd(100, points=200), offer(codes=100, limit=2)
    results = in_threads(200, lambda n: claiming.claim(people[n % 100], promotion_id, f"click-{n // 100}"))
    only_refusals(results)
    given = [r for r in results if isinstance(r, int)]
    assert len(given) == len(set(given)) == 100
    assert len([r for r in results if isinstance(r, Refusal)]) == 100
    owned = db.session.scalar(
        select(func.count()).where(Coupon.state == CouponState.ALLOCATED, Coupon.member_id.is_not(None))
    )
    assert owned == 100
    assert sum(spendable(who.member_id) for who in people) == 100 * 200 - 100 * 100
    assert not list(verifying.faults())


def test_a_racy_claim_would_be_caught(in_threads):
    people, promotion_id = crowd(N, points=100), offer(codes=1)
    everybody_looked = threading.Barrier(N)
    taken: list[int] = []

    def racy(n: int) -> None:
        coupon_id = db.session.scalar(
            select(Coupon.id).where(Coupon.promotion_id == promotion_id, Coupon.state == "available")
        )
        db.session.rollback()
        everybody_looked.wait()
        with unit_of_work():
            db.session.get(Coupon, coupon_id).state = CouponState.ALLOCATED
            db.session.get(Coupon, coupon_id).member_id = people[n].member_id
            booking.spend(people[n], 100, Cause(CauseType.COUPON, str(coupon_id)))
        taken.append(coupon_id)

    in_threads(N, racy)
    assert len(taken) > len(set(taken))  # the check of the test above: one code, many owners
    assert sum(spendable(who.member_id) == 0 for who in people) > 1


def test_one_member_hammering_gets_as_many_codes_as_allowed(in_threads):
    (who,), promotion_id = crowd(1, points=5000), offer(codes=60, limit=2)
    results = in_threads(N, lambda n: claiming.claim(who, promotion_id, f"click-{n}"))
    only_refusals(results)
    assert len([r for r in results if isinstance(r, int)]) == 2
    assert spendable(who.member_id) == 4800


def test_the_same_click_fifty_times_is_one_coupon(in_threads):
    (who,), promotion_id = crowd(1, points=5000), offer(codes=60, limit=50)
    results = in_threads(N, lambda n: claiming.claim(who, promotion_id, "the same click"))
    only_refusals(results)
    assert len({r for r in results if isinstance(r, int)}) == 1
    assert spendable(who.member_id) == 4900


def test_the_budget_holds_under_parallel_claims(in_threads):
    people, promotion_id = crowd(N, points=100), offer(codes=N, budget_minor=500 * 7)
    results = in_threads(N, lambda n: claiming.claim(people[n], promotion_id, "click"))
    only_refusals(results)
    assert len([r for r in results if isinstance(r, int)]) == 7
    assert db.session.get(Promotion, promotion_id, populate_existing=True).liability_minor == 3500


# --- one act, booked once ---------------------------------------------------------------------------------------


@pytest.fixture
def answered(ada, ben, make_question, make_answer, at):
    question_id = make_question(ada)
    at(timedelta(hours=3))
    return question_id, make_answer(ben, question_id)


def test_fifty_deliveries_of_one_thumbs_up_book_once(answered, ben, cleo, in_threads):
    give_kudos(cleo, answered[1])
    before = spendable(ben.member_id)

    def deliver(_n: int) -> None:
        with unit_of_work():
            settling.settle_kudos(answered[1], cleo.member_id)

    only_refusals(in_threads(N, deliver))
    assert spendable(ben.member_id) == before
    booked = select(func.count()).where(
        LedgerEntry.cause_type == CauseType.KUDOS, LedgerEntry.account == Account.REPUTATION
    )
    assert db.session.scalar(booked) == 1


def test_a_thumbs_up_given_fifty_times_at_once_pays_once(answered, cleo, in_threads):
    only_refusals(in_threads(N, lambda n: give_kudos(cleo, answered[1])))
    booked = select(func.count()).where(
        LedgerEntry.cause_type == CauseType.KUDOS, LedgerEntry.account == Account.REPUTATION
    )
    assert db.session.scalar(booked) == 1
    assert not list(verifying.faults())


def test_a_racy_booking_would_be_caught(answered, ben, cleo, in_threads):
    with unit_of_work():
        insert_many(Kudos, [{"post_id": answered[1], "member_id": cleo.member_id, "given_at": clock.now()}])
    everybody_looked = threading.Barrier(N)

    def racy(n: int) -> None:
        known = db.session.scalar(select(func.count()).where(LedgerEntry.cause_type == CauseType.KUDOS))
        db.session.rollback()
        everybody_looked.wait()
        if not known:
            with unit_of_work():
                row = _spent(ben.member_id, 5, n) | {
                    "account": Account.REPUTATION, "kind": EntryKind.EARN, "requested": 5, "granted": 5,
                    "cause_type": CauseType.KUDOS, "cause_seq": n + 1,
                }  # fmt: skip
                insert_many(LedgerEntry, [row])

    in_threads(N, racy)
    booked = select(func.count()).where(LedgerEntry.cause_type == CauseType.KUDOS)
    assert db.session.scalar(booked) > 1


def test_the_unique_cause_alone_refuses_a_second_line(answered, ben, in_threads):
    """Even without the lock, the key of the ledger lets one line through."""

    def write(_n: int) -> int | None:
        from common.db import insert_once

        with unit_of_work():
            return insert_once(LedgerEntry, **(_spent(ben.member_id, 5, 0)))

    results = in_threads(N, write)
    only_refusals(results)
    assert len([r for r in results if r is not None]) == 1
    balances.rebuild([ben.member_id])


def test_thumbs_up_from_fifty_people_keep_the_limit_of_an_answer(answered, ben, in_threads):
    people = crowd(N)
    before = spendable(ben.member_id)
    only_refusals(in_threads(N, lambda n: give_kudos(people[n], answered[1])))
    assert spendable(ben.member_id) - before == 20
    assert not list(verifying.faults())


def test_fifty_parallel_acceptances_pay_once(answered, ada, ben, in_threads):
    results = in_threads(N, lambda n: accept_answer(ada, *answered))
    only_refusals(results)
    assert results.count(True) == 1
    read = select(Balance.reputation).where(Balance.member_id == ben.member_id)
    assert db.session.scalar(read) == 8 + 25
    assert not list(verifying.faults())


def test_two_members_who_accept_each_other_at_once_do_not_block_for_ever(
    ada, ben, make_question, make_answer, in_threads, at
):
    pairs = []
    for number in range(6):
        at(timedelta(hours=1))
        asker, helper = (ada, ben) if number % 2 else (ben, ada)
        question_id = make_question(asker, title=f"Question {number} of the two of us")
        at(timedelta(hours=2))
        pairs.append((asker, question_id, make_answer(helper, question_id)))
    results = in_threads(6, lambda n: accept_answer(*pairs[n]))
    only_refusals(results)
    assert results.count(True) == 6
    assert not list(verifying.faults())


def test_badges_and_ranks_come_once_from_fifty_jobs(answered, ada, ben, in_threads):
    from accounts.notifications.models import Notification
    from rewards.badges.models import BadgeAward
    from rewards.jobs import standing

    accept_answer(ada, *answered)
    only_refusals(
        in_threads(N, lambda n: standing([{"member_id": ben.member_id}, {"member_id": ada.member_id}]))
    )
    awards = db.session.execute(select(BadgeAward.member_id, BadgeAward.badge_key, BadgeAward.tier)).all()
    assert len(awards) == len(set(awards)) == 2
    told = select(func.count()).where(Notification.kind == "badge-awarded")
    assert db.session.scalar(told) == 2
    assert Place() == Place(None, None, None)
    assert isinstance(Conflict(), Refusal)
