"""Who is asked to help: the parts of the score, their order, and what is said about why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.experts.rules import (
    PRESENCE_DAYS,
    WEIGHTS,
    About,
    Candidate,
    Done,
    Part,
    Why,
    best_mean,
    scored,
    warmth_at,
    warmth_of,
    wilson,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ABOUT = About("language:en", "category:en:1", ("product:en:7", "tag:en:3"))
moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def done(days_ago: float = 0.0, answers: int = 1, accepted: int = 0, half_life: float = 30.0) -> Done:
    at = NOW - timedelta(days=days_ago)
    return Done(warmth_of([at] * answers, half_life), answers, accepted, at)


def here(days_ago: float, answers: int = 1) -> Done:
    return done(days_ago, answers, half_life=PRESENCE_DAYS)


@pytest.mark.parametrize(
    ("good", "all_of", "bound"), [(5, 10, 0.24), (25, 50, 0.37), (0, 0, 0.0), (0, 9, 0.0)]
)
def test_the_lower_bound_asks_for_proof(good, all_of, bound):
    assert wilson(good, all_of) == pytest.approx(bound, abs=0.005)


@given(st.lists(moments, min_size=1, max_size=30), moments)
def test_warmth_is_the_sum_of_replies_each_halved_after_its_half_life(replies, at):
    after = max([*replies, at])
    expected = sum(0.5 ** ((after - reply) / timedelta(days=30)) for reply in replies)
    assert warmth_at(warmth_of(replies, 30.0), after, 30.0) == pytest.approx(expected, rel=1e-6)
    assert warmth_of(replies, 30.0) == warmth_of(replies[::-1], 30.0) or len(replies) > 1


def test_the_order_of_warmth_does_not_change_with_time():
    earlier, later = warmth_of([NOW - timedelta(days=9)] * 3, 2.0), warmth_of([NOW - timedelta(days=1)], 2.0)
    for days in (0, 5, 500):
        at = NOW + timedelta(days=days)
        assert warmth_at(later, at, 2.0) > warmth_at(earlier, at, 2.0)


def test_three_matches_count_and_missing_ones_count_nothing():
    assert best_mean([9, 3, 6, 1]) == 6
    assert best_mean([9]) == 3
    assert best_mean([]) == 0


def test_who_is_here_these_days_comes_before_who_left_long_ago():
    gone = Candidate(1, {"language:en": here(40, 50), "category:en:1": done(40, 50, 40)}, (9.0, 9.0, 9.0))
    present = Candidate(2, {"language:en": here(0.1)})
    assert [one.member_id for one in scored([gone, present], ABOUT, NOW)] == [2, 1]


def test_among_those_who_are_here_knowing_the_topic_decides():
    stranger = Candidate(1, {"language:en": here(0.1)})
    knows = Candidate(2, {"language:en": here(0.1), "category:en:1": done(1, 9, 5)}, (5.0,))
    assert [one.member_id for one in scored([stranger, knows], ABOUT, NOW)] == [2, 1]


def test_every_part_lies_between_nothing_and_its_weight():
    people = [
        Candidate(n, {"language:en": here(n), "category:en:1": done(n, n + 1, n), "tag:en:3": done(n)}, (n,), n, n // 2)
        for n in range(9)
    ]  # fmt: skip
    for one in scored(people, ABOUT, NOW):
        assert set(one.parts) == set(Part)
        assert all(0 <= said <= WEIGHTS[part] for part, said in one.parts.items())


def test_whoever_has_open_invitations_comes_later_and_equals_keep_their_order():
    busy = Candidate(1, {"language:en": here(1)}, open=1)
    free = [Candidate(n, {"language:en": here(1)}) for n in (5, 3)]
    assert [one.member_id for one in scored([busy, *free], ABOUT, NOW)] == [3, 5, 1]


def test_whoever_was_asked_often_lately_comes_after_who_knows_as_much():
    tired = Candidate(1, {"language:en": here(1)}, lately=1)
    assert [one.member_id for one in scored([tired, Candidate(2, {"language:en": here(1)})], ABOUT, NOW)] == [
        2,
        1,
    ]


def test_a_weight_of_nothing_takes_a_part_out():
    found = scored([Candidate(1, {"language:en": here(1)})], ABOUT, NOW, {Part.PRESENCE: 0.0})
    assert found[0].score == 0


@pytest.mark.parametrize(
    ("record", "matches", "why", "topic", "count"),
    [
        (
            {"product:en:7": done(1, 8, 6), "category:en:1": done(1, 9, 7)},
            (1.0,),
            Why.SOLVED,
            "product:en:7",
            6,
        ),
        (
            {"product:en:7": done(1, 8, 0), "category:en:1": done(1, 9, 7)},
            (1.0,),
            Why.SOLVED,
            "category:en:1",
            7,
        ),
        ({"tag:en:3": done(1, 2, 0)}, (1.0,), Why.ALIKE, "", 1),
        ({"tag:en:3": done(1, 2, 0)}, (), Why.ANSWERED, "tag:en:3", 2),
        ({}, (), Why.HERE, "", 0),
    ],
)
def test_the_reason_is_the_strongest_thing_that_is_true(record, matches, why, topic, count):
    found = scored([Candidate(1, {"language:en": here(1), **record}, matches)], ABOUT, NOW)[0]
    assert (found.why, found.topic, found.count) == (why, topic, count)


@given(st.lists(st.integers(0, 40), max_size=12, unique=True), st.floats(0, 50))
def test_the_order_does_not_depend_on_the_order_of_the_candidates(days, match):
    people = [Candidate(n, {"language:en": here(d)}, (match,) * (n % 3)) for n, d in enumerate(days)]
    forward, back = scored(people, ABOUT, NOW), scored(people[::-1], ABOUT, NOW)
    assert forward == back
