"""Discounts: each verb works, refuses, repeats harmlessly, and leaves no trace when it fails."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from accounts.notifications.models import Notification
from common import jobs
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from common.unit_of_work import unit_of_work
from rewards.ledger import booking
from rewards.ledger.models import LedgerEntry
from rewards.ledger.queries import wallet
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, keeping, offering, pooling, queries
from rewards.promotions.models import Coupon, CouponReveal, Promotion
from rewards.promotions.rules import CouponState, PromotionKind, PromotionStatus, liability
from tests.conftest import START, actor_named
from tests.forum.conftest import leaves_no_trace, rows  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def offer(**more):
    values = {"kind": PromotionKind.AMOUNT, "value": 2000, "cost_points": 100, "per_member_limit": 2, **more}
    return offering.Offer(
        key=values.pop("key", "small"), title_fr="Petit électroménager", title_en="Small appliances", **values
    )


@pytest.fixture
def opened(app):
    """An open discount of 100 points with ten codes."""
    promotion_id = offering.offer_promotion(SYSTEM, offer())
    pooling.bring_codes(SYSTEM, promotion_id, [f"SMALL-{n:04d}" for n in range(10)])
    offering.open_promotion(SYSTEM, promotion_id)
    return promotion_id


@pytest.fixture
def rich(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "A start for the tests")
    return ben


def coupon(coupon_id):
    return db.session.get(Coupon, coupon_id, populate_existing=True)


def promotion(promotion_id):
    return db.session.get(Promotion, promotion_id, populate_existing=True)


def owed(promotion_id):
    given = db.session.scalars(
        select(Coupon).where(Coupon.promotion_id == promotion_id).execution_options(populate_existing=True)
    )
    return liability(
        (row.state, 2000 if row.state is CouponState.ALLOCATED else row.liability_minor, row.amount_minor)
        for row in given
    )


# --- offering ---------------------------------------------------------------------------------------------------


def test_the_same_key_is_offered_once(app):
    assert offering.offer_promotion(SYSTEM, offer()) == offering.offer_promotion(SYSTEM, offer(value=1))


@pytest.mark.parametrize("name", ["ada", "mo", "sam"])
def test_only_managers_change_discounts(name, app, opened):
    who = actor_named(name)
    for act in (
        lambda: offering.offer_promotion(who, offer(key="other")),
        lambda: offering.open_promotion(who, opened),
        lambda: offering.pause_promotion(who, opened),
        lambda: offering.end_promotion(who, opened),
        lambda: pooling.bring_codes(who, opened, ["XXXX-1111"]),
        lambda: keeping.revoke(who, 1, "no"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_percentage_without_a_largest_discount_cannot_be_opened(max_):
    promotion_id = offering.offer_promotion(max_, offer(kind=PromotionKind.PERCENT, value=15))
    with pytest.raises(Invalid) as refused:
        offering.open_promotion(max_, promotion_id)
    assert "max_discount_minor" in refused.value.fields
    assert promotion(promotion_id).status is PromotionStatus.DRAFT


def test_codes_are_brought_once_whatever_their_case_and_across_promotions(opened):
    other = offering.offer_promotion(SYSTEM, offer(key="other"))
    brought = pooling.bring_codes(
        SYSTEM, other, ["small-0001", "SMALL 0002", "NEW-1111", "new1111", "x", "<script>", "", "NEW-2222"]
    )
    assert (brought.new, brought.known, brought.unreadable) == (2, 3, 2)
    again = pooling.bring_codes(SYSTEM, other, ["NEW-1111", "NEW-2222"])
    assert (again.new, again.known) == (0, 2)


def test_codes_made_here_are_unique_and_unambiguous(opened):
    assert pooling.make_codes(SYSTEM, opened, 300).new == 300
    assert offering.stock(opened) == (310, 310)


def test_an_ended_discount_withdraws_its_free_codes_and_stays_ended(opened, rich):
    kept = claiming.claim(rich, opened, "a")
    assert offering.end_promotion(SYSTEM, opened)
    assert coupon(kept).state is CouponState.ALLOCATED
    assert offering.stock(opened)[0] == 0
    with pytest.raises(Conflict):
        offering.open_promotion(SYSTEM, opened)


def test_codes_are_nowhere_in_clear_in_the_database(opened, rich):
    coupon_id = claiming.claim(rich, opened, "a")
    code = keeping.reveal(rich, coupon_id)
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            assert code not in repr(tuple(row)) and code.replace("-", "") not in repr(tuple(row))


# --- claiming ---------------------------------------------------------------------------------------------------


def test_an_exchange_takes_points_gives_one_code_and_tells_the_member(opened, rich, drain, outbox, caplog):
    caplog.set_level(logging.DEBUG)
    reputation = wallet(rich.member_id).reputation
    coupon_id = claiming.claim(rich, opened, "a")
    assert wallet(rich.member_id).available == 900
    assert wallet(rich.member_id).reputation == reputation
    assert coupon(coupon_id).state is CouponState.ALLOCATED
    assert promotion(opened).liability_minor == owed(opened) == 2000
    assert db.session.scalar(select(func.count()).where(Notification.kind == "coupon")) == 1
    code = keeping.reveal(rich, coupon_id)
    assert code.startswith("SMALL-")
    drain()
    assert all(code not in letter.as_string() for letter in outbox())
    assert code not in caplog.text
    assert all(code not in str(payload) for payload in db.session.scalars(select(jobs.Job.payload)))


def test_the_same_click_gives_the_same_coupon(opened, rich):
    assert claiming.claim(rich, opened, "a") == claiming.claim(rich, opened, "a")
    assert wallet(rich.member_id).available == 900


def test_the_limit_of_a_member(opened, rich):
    claiming.claim(rich, opened, "a")
    claiming.claim(rich, opened, "b")
    with pytest.raises(Conflict):
        claiming.claim(rich, opened, "c")
    assert wallet(rich.member_id).available == 800


@pytest.mark.parametrize("name", ["mo", "sam", "max", "root"])
def test_the_team_exchanges_nothing(name, app, opened):
    who = actor_named(name)
    booking.adjust(SYSTEM, who.member_id, Amounts(0, 500), "gift", "For the test")
    with pytest.raises(Forbidden):
        claiming.claim(who, opened, "a")


@pytest.mark.parametrize("measure", ["silenced", "suspended"])
def test_nobody_exchanges_while_a_measure_is_in_force(opened, ben, measure):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 500), "gift", "For the test")
    with pytest.raises(Forbidden):
        claiming.claim(replace(ben, **{measure: True}), opened, "a")
    _nothing_happened(opened, ben, 500)


def test_a_visitor_exchanges_nothing(opened):
    with pytest.raises(Forbidden):
        claiming.claim(ANONYMOUS, opened, "a")


def _nothing_happened(promotion_id, who, points):
    db.session.rollback()
    assert wallet(who.member_id).available == points
    assert db.session.scalar(select(func.count()).where(Coupon.member_id == who.member_id)) == 0
    assert promotion(promotion_id).liability_minor == 0


def test_too_few_points_change_nothing(opened, ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 99), "gift", "For the test")
    with pytest.raises(Conflict):
        claiming.claim(ben, opened, "a")
    _nothing_happened(opened, ben, 99)


def test_points_that_are_too_young_cannot_be_spent(opened, ada, ben, make_question, make_answer, at):
    from forum.solutions.accepting import accept_answer

    for number in range(4):
        question_id = make_question(ada, title=f"Question number {number} of four")
        accept_answer(ada, question_id, make_answer(ben, question_id))
        at(timedelta(minutes=10))
    assert wallet(ben.member_id).pending >= 100
    with pytest.raises(Conflict):
        claiming.claim(ben, opened, "a")
    at(timedelta(hours=71))
    with pytest.raises(Conflict):
        claiming.claim(ben, opened, "a")
    at(timedelta(hours=1))
    assert claiming.claim(ben, opened, "a")


def test_an_empty_pool_costs_nothing_and_pauses_the_discount(rich, app):
    promotion_id = offering.offer_promotion(SYSTEM, offer())
    offering.open_promotion(SYSTEM, promotion_id)
    with pytest.raises(claiming.Exhausted):
        claiming.claim(rich, promotion_id, "a")
    _nothing_happened(promotion_id, rich, 1000)
    assert promotion(promotion_id).status is PromotionStatus.PAUSED


@pytest.mark.parametrize("more", [{"min_rank": 4}, {"starts_at": START + timedelta(days=1)}])
def test_a_discount_that_is_not_for_this_member_yet(more, rich, app):
    promotion_id = offering.offer_promotion(SYSTEM, offer(**more))
    pooling.make_codes(SYSTEM, promotion_id, 3)
    offering.open_promotion(SYSTEM, promotion_id)
    with pytest.raises((Forbidden, Conflict)):
        claiming.claim(rich, promotion_id, "a")
    _nothing_happened(promotion_id, rich, 1000)


def test_the_budget_is_never_passed(rich, app):
    promotion_id = offering.offer_promotion(SYSTEM, offer(budget_minor=3000))
    pooling.make_codes(SYSTEM, promotion_id, 5)
    offering.open_promotion(SYSTEM, promotion_id)
    claiming.claim(rich, promotion_id, "a")
    with pytest.raises(Conflict):
        claiming.claim(rich, promotion_id, "b")
    assert wallet(rich.member_id).available == 900
    assert offering.stock(promotion_id)[0] == 4
    with pytest.raises(IntegrityError), unit_of_work():
        update_where(Promotion, Promotion.id == promotion_id, liability_minor=3001)


def test_managers_are_told_once_when_codes_run_out(rich, app, max_):
    promotion_id = offering.offer_promotion(SYSTEM, offer(per_member_limit=9))
    pooling.make_codes(SYSTEM, promotion_id, 5)
    offering.open_promotion(SYSTEM, promotion_id)
    for click in "abcd":
        claiming.claim(rich, promotion_id, click)
    told = select(func.count()).where(
        Notification.kind == "promotion-stock", Notification.member_id == max_.member_id
    )
    assert db.session.scalar(told) == 1


def test_the_database_refuses_an_allocated_coupon_without_owner(opened):
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(text("UPDATE coupon SET state = 'allocated'"))


# --- keeping ----------------------------------------------------------------------------------------------------


def test_a_code_is_shown_to_its_owner_only_and_each_look_is_written_down(opened, rich, ada, sam, max_):
    coupon_id = claiming.claim(rich, opened, "a")
    for other in (ada, sam, max_, ANONYMOUS):
        with pytest.raises(NotFound):
            keeping.reveal(other, coupon_id)
    assert keeping.reveal(rich, coupon_id) == keeping.reveal(rich, coupon_id)
    assert db.session.scalar(select(func.count()).select_from(CouponReveal)) == 2


def test_taking_a_coupon_back_returns_the_points_once(opened, rich, max_):
    coupon_id = claiming.claim(rich, opened, "a")
    assert keeping.revoke(max_, coupon_id, "Printed twice by mistake")
    assert not keeping.revoke(max_, coupon_id, "Printed twice by mistake")
    assert wallet(rich.member_id).available == 1000
    assert (coupon(coupon_id).state, promotion(opened).liability_minor) == (CouponState.REVOKED, 0)
    with pytest.raises(Conflict):
        keeping.reveal(rich, coupon_id)
    with pytest.raises(Invalid):
        keeping.revoke(max_, coupon_id, " ")
    claiming.claim(rich, opened, "b")
    claiming.claim(rich, opened, "c")


def test_coupons_end_on_their_day_and_are_owed_no_more(opened, rich, at):
    coupon_id = claiming.claim(rich, opened, "a")
    at(timedelta(days=54))
    assert keeping.warn_lapsing() == 1
    assert keeping.warn_lapsing() == 0
    assert keeping.expire_due() == 0
    at(timedelta(days=6))
    assert keeping.expire_due() == 1
    assert keeping.expire_due() == 0
    assert (coupon(coupon_id).state, promotion(opened).liability_minor) == (CouponState.EXPIRED, 0)


def test_the_statement_shows_the_exchange_and_its_refund(opened, rich, max_):
    from rewards.ledger.queries import statement

    coupon_id = claiming.claim(rich, opened, "a")
    keeping.revoke(max_, coupon_id, "Mistake")
    kinds = [(line.spendable, str(line.cause)) for line in statement(rich.member_id).items]
    assert kinds[:2] == [(100, f"coupon:{coupon_id}"), (-100, f"coupon:{coupon_id}")]
    assert (
        db.session.scalar(
            select(func.sum(LedgerEntry.granted)).where(LedgerEntry.member_id == rich.member_id)
        )
        == 1000
    )


# --- commands ---------------------------------------------------------------------------------------------------


def test_the_command_line_brings_codes_and_never_prints_one(app, opened, tmp_path):
    pool = tmp_path / "pool.csv"
    pool.write_text("code,value\nPOOL-1111,5\npool-2222,5\nPOOL-1111,5\n\nx\n", encoding="utf-8-sig")
    run = app.test_cli_runner()
    result = run.invoke(args=["promotions", "import-codes", "small", str(pool)])
    assert result.exit_code == 0
    assert result.output.strip().endswith("2 new, 1 already known, 1 unreadable")
    assert "line 4: the same code as in an earlier line" in result.output
    listed = run.invoke(args=["promotions", "list"]).output
    assert "12/12 codes" in listed and "POOL" not in listed
    assert run.invoke(args=["promotions", "import-codes", "nothing", str(pool)]).exit_code != 0
    assert "5 new" in run.invoke(args=["promotions", "make-codes", "small", "5"]).output


# --- the perk of the month --------------------------------------------------------------------------------------


@pytest.fixture
def perk(app):
    """Free delivery once a month from rank 3 on, for no points (domain/rewards.md §A2.2)."""
    promotion_id = offering.offer_promotion(
        SYSTEM, offer(key="perk", cost_points=0, min_rank=3, per_member_limit=1, is_monthly=True)
    )
    pooling.bring_codes(SYSTEM, promotion_id, [f"PERK-{n:04d}" for n in range(10)])
    offering.open_promotion(SYSTEM, promotion_id)
    return promotion_id


def test_a_perk_of_the_month_comes_anew_with_the_month_and_once(perk, cleo, at, leaves_no_trace):  # noqa: F811
    first = claiming.claim(cleo, perk, "march")
    assert claiming.claim(cleo, perk, "march") == first
    with leaves_no_trace(Conflict) as refusal:
        claiming.claim(cleo, perk, "march again")
    assert "first of the next" in str(refusal.value)
    [card] = [card for card in queries.offers(cleo, 0, 5) if card.id == perk]
    assert "first of the next" in str(card.sentence), "it stays in sight and says when"
    at(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))  # one minute before the month ends where the brand is
    with pytest.raises(Conflict):
        claiming.claim(cleo, perk, "still march")
    at(timedelta(minutes=1))
    assert claiming.claim(cleo, perk, "april") != first
    with pytest.raises(Conflict):
        claiming.claim(cleo, perk, "april again")


def test_a_perk_of_the_month_is_for_its_rank(perk, ben, leaves_no_trace):  # noqa: F811
    with leaves_no_trace(Forbidden):
        claiming.claim(ben, perk, "too early")


def test_a_perk_taken_back_later_counts_for_its_own_month(perk, cleo, root, at):
    first = claiming.claim(cleo, perk, "march")
    at(timedelta(days=31))
    claiming.claim(cleo, perk, "april")
    assert keeping.revoke(root, first, "An error of ours")
    with pytest.raises(Conflict):
        claiming.claim(cleo, perk, "april again")


def test_what_was_promised_each_month_stays_monthly(perk, cleo, root, leaves_no_trace):  # noqa: F811
    claiming.claim(cleo, perk, "march")
    once = offer(key="perk", cost_points=0, min_rank=3, per_member_limit=1)
    with leaves_no_trace(Invalid):
        offering.change_promotion(root, perk, once)
