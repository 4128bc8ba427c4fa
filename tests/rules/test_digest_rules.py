"""Whose digest is due in which hour; which questions fit whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.digests.rules import MOST_SLOTS, due_in, slot_of, slots_to_build
from accounts.notifications.rules import NIGHT, Rhythm
from forum.suggesting.rules import Knowledge, Open, Pool, best, fit

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris."""


def test_a_digest_is_due_in_exactly_one_hour_of_its_day_or_week():
    hours = [MONDAY - timedelta(hours=8) + timedelta(hours=n) for n in range(24 * 7)]
    for zone, night in (("Europe/Paris", NIGHT), ("Asia/Kolkata", NIGHT), ("America/New_York", (19, 11))):
        assert sum(due_in(slot, Rhythm.DAILY, zone, night) is not None for slot in hours) == 7
        assert sum(due_in(slot, Rhythm.WEEKLY, zone, night) is not None for slot in hours) == 1
        assert not [slot for slot in hours if due_in(slot, Rhythm.NEVER, zone, night)]


def test_the_hour_is_the_members_own():
    assert due_in(MONDAY, Rhythm.WEEKLY, "Europe/Paris", NIGHT) == MONDAY
    assert due_in(MONDAY, Rhythm.WEEKLY, "Europe/London", NIGHT) is None
    half = due_in(datetime(2026, 3, 2, 3, 0, tzinfo=UTC), Rhythm.DAILY, "Asia/Kolkata", NIGHT)
    assert half == datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert due_in(MONDAY + timedelta(hours=2), Rhythm.DAILY, "Europe/Paris", (21, 11)) is not None


def test_the_day_the_clocks_change_has_its_digest():
    slots = [datetime(2026, 3, 29, n, tzinfo=UTC) for n in range(24)]
    assert [slot.hour for slot in slots if due_in(slot, Rhythm.DAILY, "Europe/Paris", NIGHT)] == [7]


def test_the_coming_hour_is_built_ahead_and_missed_ones_are_caught_up():
    now = MONDAY + timedelta(minutes=20)
    coming = MONDAY + timedelta(hours=1)
    assert slot_of(now) == MONDAY
    assert slots_to_build(now, None) == [coming]
    assert slots_to_build(now, coming) == []
    assert slots_to_build(now, coming - timedelta(hours=3)) == [
        coming - timedelta(hours=n) for n in (2, 1, 0)
    ]
    assert len(slots_to_build(now, coming - timedelta(days=30))) == MOST_SLOTS


def question(number=1, author=9, category=1, language="en", me_too=0, tags=(), product=None):
    asked = MONDAY + timedelta(minutes=number)
    return Open(number, author, category, language, me_too, asked, product, tuple(tags))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question(category=1), 4),
        (question(category=2), 0),
        (question(category=1, language="fr"), 2),
        (question(category=2, tags=(7,)), 6),
        (question(category=1, tags=(7, 8)), 10),
        (question(category=3), 10),
        (question(category=2, product=5), 3),
        (question(category=2, product=6), 2),
        (question(category=2, product=8), 0),
    ],
)
def test_topics_and_products_weigh_more_than_categories_and_many_solutions_no_more_than_ten(asked, expected):
    assert fit(asked, Knowledge({1: 4, 3: 4000}, {7: 2}, {5: 1}, frozenset({6})), "en") == expected


def test_the_best_are_neither_own_nor_known_and_the_most_awaited_come_first():
    knowledge = Knowledge({1: 1}, {})
    asked = Pool(
        [question(1), question(2, me_too=5), question(3, author=5), question(4), question(5, category=2)]
    )
    assert best(asked, knowledge, member_id=5, language="en", without=[4], most=9) == [2, 1]
    assert best(asked, knowledge, member_id=5, language="en", without=(), most=1) == [2]
    assert best(asked, Knowledge({}, {}), member_id=5, language="en", without=(), most=9) == []


def test_a_pool_brings_near_exactly_what_fits():
    asked = [question(n, category=n % 3, tags=(n % 5,), product=n % 4 or None) for n in range(1, 60)]
    knowledge = Knowledge({1: 2}, {4: 1}, {3: 1}, frozenset({2}))
    near = {one.id for one in Pool(asked).near(knowledge)}
    assert near == {one.id for one in asked if fit(one, knowledge, "en") > 0}
