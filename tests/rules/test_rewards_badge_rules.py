"""The catalogue of badges, what becomes of an award, years of membership."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from common import i18n
from rewards.badges.rules import (
    CATALOGUE,
    BadgeKey,
    Fate,
    Happening,
    How,
    Tier,
    fate,
    full_years,
    is_renewed,
    longest_streak,
    tiers_for,
)
from rewards.badges.words import ABOUT, NAMES, asks

DOMAIN = {
    "first_accept": (1,), "first_flag": (1,), "profile_products": (1,), "charter": (1,), "helper": (1, 25, 250),
    "appreciated": (25, 250, 2500), "good_answer": (3, 10, 25), "rescuer": (1, 10, 50), "fast": (5, 25, 100),
    "first_responder": (10, 100, 500), "steady": (4, 12, 40), "topic_expert": (5, 25, 100), "multi_topic": (3, 5, 8),
    "guide_author": (1, 5, 20), "evergreen": (1, 5, 20), "librarian": (10, 50, 200), "guardian": (10, 50, 200),
    "reviewer": (5, 25, 100), "tester": (1, 5, 15), "mentor": (1, 5, 20), "welcome": (20,), "anniversary": (1, 3, 5),
    "beta": (1,), "event": (1,), "honour": (1,), "founder": (1,),
}  # fmt: skip


def test_the_catalogue_is_the_one_of_the_rules():
    assert {key.value: badge.thresholds for key, badge in CATALOGUE.items()} == DOMAIN
    assert len(CATALOGUE) == 26
    assert [CATALOGUE[BadgeKey(key)].tiers for key in ("beta", "event", "honour", "founder")] == [
        (Tier.SILVER,), (Tier.BRONZE, Tier.SILVER, Tier.GOLD), (Tier.GOLD,), (Tier.SILVER,),
    ]  # fmt: skip
    assert tiers_for(CATALOGUE[BadgeKey.HONOUR], 1) == [Tier.GOLD]


def test_every_badge_has_its_words():
    for key, badge in CATALOGUE.items():
        assert str(NAMES[key]) and str(ABOUT[key])
        assert all(str(asks(badge, wanted)) for wanted in badge.thresholds)


TAKEN = {
    Happening.FRAUD: lambda badge: badge.how is not How.GIVEN and badge.key is not BadgeKey.STEADY,
    Happening.BREACH: lambda badge: badge.how is not How.GIVEN and badge.key is not BadgeKey.STEADY,
    Happening.TWO_OF_THE_TEAM: lambda badge: badge.how is How.GIVEN,
}


@pytest.mark.parametrize(("key", "happening"), list(product(BadgeKey, Happening)))
def test_only_the_listed_causes_take_anything_away(key, happening):
    badge = CATALOGUE[key]
    if happening is Happening.NOT_RENEWED and key is BadgeKey.TOPIC_EXPERT:
        assert fate(badge, happening) is Fate.FORMER
    elif TAKEN.get(happening, lambda _badge: False)(badge):
        assert fate(badge, happening) is Fate.REVOKED
    else:
        assert fate(badge, happening) is Fate.KEPT


@pytest.mark.parametrize(
    ("moments", "weeks"),
    [
        ([datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 1, tzinfo=UTC)], 2),
        ([datetime(2026, 10, 25, 22, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 1, tzinfo=UTC)], 2),
        ([datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 21, 30, tzinfo=UTC)], 1),
        ([datetime(2027, 1, 3, 22, 59, tzinfo=UTC), datetime(2027, 1, 3, 23, 1, tzinfo=UTC)], 2),
        ([datetime(2026, 12, 28, 9, tzinfo=UTC), datetime(2027, 1, 3, 9, tzinfo=UTC)], 1),
    ],
    ids=["clocks go forward", "clocks go back", "the short day", "after new year", "one week over new year"],
)
def test_a_week_is_the_communitys_own_also_when_the_clocks_change(moments, weeks):
    assert longest_streak(i18n.local(moment).date() for moment in moments) == weeks


def test_a_second_pause_is_free_only_after_eight_weeks():
    monday = date(2026, 1, 5)
    seven = [*range(3), *range(4, 11), *range(12, 15)]
    eight = [*range(3), *range(4, 12), *range(13, 16)]
    assert longest_streak(monday + timedelta(weeks=week) for week in seven) == 10
    assert longest_streak(monday + timedelta(weeks=week) for week in eight) == 14


def test_a_year_counts_with_ten_days_and_when_it_is_over():
    joined = date(2024, 2, 29)
    first = [joined + timedelta(days=n) for n in range(10)]
    assert full_years(joined, first, date(2025, 2, 28)) == 0
    assert full_years(joined, first, date(2025, 3, 1)) == 1
    assert full_years(joined, first[:9], date(2027, 1, 1)) == 0
    assert full_years(joined, [*first, *(date(2026, 1, n) for n in range(1, 11))], date(2026, 6, 1)) == 2


def test_expertise_is_renewed_by_solutions_that_are_a_quarter_of_the_answers():
    assert is_renewed(5, 20, 5)
    assert not is_renewed(5, 21, 5)
    assert not is_renewed(4, 4, 5)
