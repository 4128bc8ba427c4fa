"""Tiers, streaks, coupon states, codes, money."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.badges.rules import CATALOGUE, BadgeKey, Tier, awards_for, longest_streak, next_step, tiers_for
from rewards.promotions import claiming
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.offering import Offer
from rewards.promotions.rules import (
    ALPHABET,
    TRANSITIONS,
    CouponMove,
    CouponState,
    Hindrance,
    PromotionKind,
    PromotionStatus,
    Terms,
    after,
    clean_code,
    entropy_bits,
    expires_at,
    faults,
    hindrance,
    liability,
    norm,
    sources,
    stock_alerts,
    worst_case,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MONDAY = date(2026, 1, 5)


# --- badges -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "count", "also", "tiers"),
    [
        (BadgeKey.HELPER, 0, None, 0), (BadgeKey.HELPER, 1, None, 1), (BadgeKey.HELPER, 24, None, 1),
        (BadgeKey.HELPER, 25, None, 2), (BadgeKey.HELPER, 250, None, 3), (BadgeKey.FIRST_ACCEPT, 900, None, 1),
        (BadgeKey.APPRECIATED, 25, 9, 0), (BadgeKey.APPRECIATED, 25, 10, 1), (BadgeKey.APPRECIATED, 2500, 50, 2),
    ],
)  # fmt: skip
def test_tiers(key, count, also, tiers):
    assert len(tiers_for(CATALOGUE[key], count, also)) == tiers


def test_awards_are_one_per_member_tier_and_instance():
    made = awards_for(CATALOGUE[BadgeKey.GOOD_ANSWER], {(1, "40"): (10, None), (1, "41"): (3, None)})
    assert {(a.member_id, a.tier, a.instance, a.evidence_id) for a in made} == {
        (1, Tier.BRONZE, "40", 40), (1, Tier.SILVER, "40", 40), (1, Tier.BRONZE, "41", 41),
    }  # fmt: skip
    assert next_step(CATALOGUE[BadgeKey.HELPER], 3) == (Tier.SILVER, 25)
    assert next_step(CATALOGUE[BadgeKey.HELPER], 300) is None


def weeks(*numbers):
    return [MONDAY + timedelta(weeks=n) for n in numbers]


@pytest.mark.parametrize(
    ("days", "streak"),
    [
        ([], 0),
        (weeks(0), 1),
        (weeks(0, 0, 0), 1),
        (weeks(0, 1, 2, 3), 4),
        (weeks(0, 1, 3, 4), 4),
        (weeks(0, 2, 4), 2),
        (weeks(0, 1, 4, 5), 2),
        (weeks(*range(4), *range(5, 13), *range(14, 20)), 18),
        ([date(2026, 12, 30), date(2027, 1, 6), date(2027, 1, 12)], 3),
        ([date(2020, 12, 28), date(2021, 1, 3), date(2021, 1, 4)], 2),
        ([date(2026, 3, 28), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 26)], 2),
    ],
)
def test_a_streak_counts_weeks_and_forgives_one_in_eight(days, streak):
    assert longest_streak(days) == streak


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(0, 200))
def test_another_week_never_shortens_a_streak_by_more_than_its_pause(numbers, more):
    before = longest_streak(weeks(*numbers))
    assert before <= len(set(numbers))
    assert longest_streak(weeks(*numbers, *numbers)) == before
    assert longest_streak(weeks(*numbers, more)) >= min(before, 1)


# --- coupons ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "move"), list(product(CouponState, CouponMove)))
def test_every_pair_of_state_and_move(state, move):
    target = after(state, move)
    assert target is not CouponState.AVAILABLE
    assert (state in sources(move)) == (target is not None)


def test_no_way_leads_back_to_available():
    assert CouponState.AVAILABLE not in TRANSITIONS.values()


def test_generated_codes_are_hard_to_guess_and_to_confuse():
    assert entropy_bits() >= 55
    assert not set(ALPHABET) & set("01OIL")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" sentier-7q4m ", "SENTIER-7Q4M"), ("ABCD", "ABCD"), ("abc", None), ("", None), ("<b>CODE</b>", None),
        ("A" * 41, None), ("-CODE", None), ("CODE 12 34", "CODE 12 34"), ("=1+1CODE", None), ("ＡＢＣＤ１", "ABCD1"),
    ],
)  # fmt: skip
def test_codes_of_a_pool_are_cleaned_or_refused(typed, kept):
    assert clean_code(typed) == kept


@given(st.text(alphabet="abcDEF123-_ ", min_size=4, max_size=20))
def test_two_ways_to_type_a_code_are_the_same_code(text):
    assert norm(text) == norm(text.lower()) == norm(text.replace("-", " "))
    assert re.fullmatch(r"[A-Z0-9]*", norm(text))


def terms(**changes):
    values = {
        "kind": PromotionKind.AMOUNT, "value": 500, "max_discount_minor": None, "budget_minor": None, "per_member_limit": 1,
        "cost_points": 100, "starts_at": NOW, "ends_at": None, "valid_days": 60,
    }  # fmt: skip
    return Terms(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"kind": PromotionKind.PERCENT, "value": 15}, ["max_discount_minor"]),
        ({"kind": PromotionKind.PERCENT, "value": 15, "max_discount_minor": 3000}, []),
        ({"kind": PromotionKind.PERCENT, "value": 101, "max_discount_minor": 3000}, ["value"]),
        ({"value": 0}, ["value"]),
        ({"kind": PromotionKind.FREE_SHIPPING, "value": 0}, []),
        ({"kind": PromotionKind.FREE_SHIPPING, "value": 0, "budget_minor": 5000}, ["max_discount_minor"]),
        ({"ends_at": NOW}, ["ends_at"]),
        ({"per_member_limit": 0}, ["per_member_limit"]),
        ({"valid_days": 0}, ["valid_days"]),
    ],
)
def test_what_forbids_to_open_a_promotion(changes, wrong):
    assert faults(terms(**changes)) == wrong


def test_the_worst_case_and_the_liability():
    assert worst_case(terms()) == 500
    assert worst_case(terms(max_discount_minor=300)) == 500, "an amount is taken off in full"
    percent = {"kind": PromotionKind.PERCENT, "value": 20}
    assert (worst_case(terms(**percent, max_discount_minor=300)), worst_case(terms(**percent))) == (300, None)
    given_out = [
        (CouponState.ALLOCATED, 500, None), (CouponState.REDEEMED, 500, 320), (CouponState.REDEEMED, 500, None),
        (CouponState.EXPIRED, 500, None), (CouponState.REVOKED, 500, None), (CouponState.REFUNDED, 500, 320),
    ]  # fmt: skip
    assert liability(given_out) == 500 + 320 + 500


def test_no_rule_of_a_discount_can_speak_of_a_review():
    """Invariant 35: neither fields nor source of what decides about a discount know reviews or ratings."""
    fields = {
        *Terms.__dataclass_fields__,
        *Offer.__dataclass_fields__,
        *Promotion.__table__.c.keys(),
        *Coupon.__table__.c.keys(),
    }
    assert not {name for name in fields if "review" in name or "rating" in name}
    folder = Path(claiming.__file__).parent
    for room in (*folder.glob("*.py"), *(folder.parent / "shop").glob("*.py")):
        assert "reviews" not in room.read_text(), room.name


def test_a_coupon_never_outlives_its_promotion():
    assert expires_at(NOW, 60, None) == NOW + timedelta(days=60)
    assert expires_at(NOW, 60, NOW + timedelta(days=5)) == NOW + timedelta(days=5)
    assert stock_alerts(20, 100, 20) and not stock_alerts(21, 100, 20) and not stock_alerts(0, 0, 20)


OPEN = {
    "status": PromotionStatus.ACTIVE, "starts_at": NOW, "ends_at": None, "at": NOW, "rank": 2, "min_rank": 2, "claimed": 0,
    "limit": 1, "available": 100, "cost": 100, "left": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"status": PromotionStatus.DRAFT}, Hindrance.NOT_OPEN),
        ({"status": PromotionStatus.PAUSED}, Hindrance.NOT_OPEN),
        ({"starts_at": NOW + timedelta(seconds=1)}, Hindrance.NOT_YET),
        ({"ends_at": NOW}, Hindrance.OVER),
        ({"claimed": 1}, Hindrance.LIMIT),
        ({"rank": 1}, Hindrance.RANK),
        ({"available": 99}, Hindrance.POINTS),
        ({"available": -5, "cost": 0}, Hindrance.POINTS),
        ({"left": 0}, Hindrance.STOCK),
        ({"left": None}, None),
    ],
)
def test_who_may_exchange(changes, why):
    assert hindrance(**{**OPEN, **changes}) == why
