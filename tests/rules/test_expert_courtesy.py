"""How seldom somebody is asked, who is asked so that experts grow, and what an end without a word says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.experts.asking.courtesy_rules import (
    Caps,
    InvitationState,
    has_room,
    lapse,
    picked,
    places,
    top_share,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CAPS = Caps()


def ago(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=one) for one in hours]


@pytest.mark.parametrize(
    ("received", "open_count", "room"),
    [
        ([], 0, True),
        (ago(2), 0, True),
        (ago(1.99), 0, False),
        (ago(3, 6), 1, True),
        (ago(3, 6), 2, False),
        (ago(3, 6, 23.9), 0, False),
        (ago(3, 6, 24), 0, True),
        (ago(*range(25, 160, 15)), 0, True),
        (ago(*range(25, 165, 15)), 0, False),
        (ago(*range(170, 400, 10)), 0, True),
    ],
)
def test_three_a_day_ten_a_week_two_open_and_two_hours_between(received, open_count, room):
    assert has_room(received, open_count, NOW, CAPS) is room


@given(st.lists(st.integers(0, 400), max_size=60))
def test_nobody_ever_gets_more_than_the_caps_whatever_comes(gaps):
    received: list[datetime] = []
    at = NOW
    for minutes in gaps:
        at += timedelta(minutes=minutes)
        if has_room(received, 0, at, CAPS):
            received.append(at)
    for one in received:
        assert sum(one <= other < one + timedelta(hours=24) for other in received) <= 3
        assert sum(one <= other < one + timedelta(days=7) for other in received) <= 10
        assert sum(one <= other < one + timedelta(hours=2) for other in received) == 1


def test_one_of_five_and_two_of_eight_places_are_for_those_who_grow():
    assert (places(5, 0.2), places(8, 0.2), places(0, 0.2), places(1, 1.0)) == (1, 2, 0, 1)


def test_the_same_question_always_asks_the_same_members():
    by_score, growing = list(range(20)), [7, 9, 11, 13]
    first = picked(by_score, growing, 5, 0.2, "812:1")
    assert first == picked(by_score, growing[::-1], 5, 0.2, "812:1")
    assert [one for one, explored in first if not explored] == [0, 1, 2, 3]
    assert [one in growing for one, explored in first if explored] == [True]


def test_over_many_questions_everybody_who_grows_has_a_turn():
    drawn = Counter(picked(list(range(20)), [7, 9, 11], 5, 0.2, f"{n}:1")[-1][0] for n in range(300))
    assert set(drawn) == {7, 9, 11} and min(drawn.values()) > 50


@given(
    st.lists(st.integers(0, 99), unique=True, max_size=20), st.sets(st.integers(0, 99)), st.integers(0, 10)
)
def test_places_nobody_can_take_are_given_by_score(by_score, growing, size):
    growing &= set(by_score)
    chosen = [one for one, _explored in picked(by_score, growing, size, 0.2, "x")]
    assert len(chosen) == len(set(chosen)) == min(size, len(by_score))
    assert set(chosen) <= set(by_score)


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(0, InvitationState.SPARED), (30, InvitationState.SPARED), (31, InvitationState.IGNORED), (None, InvitationState.IGNORED)],
)  # fmt: skip
def test_an_end_is_harmless_when_others_answered_within_half_an_hour(minutes, state):
    answered = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert lapse(NOW, answered, timedelta(minutes=30)) is state


def test_the_share_of_the_most_asked_is_of_all_who_could_be():
    assert top_share({1: 40, 2: 30, 3: 30}, 50) == 0.4
    assert top_share(dict.fromkeys(range(200), 1), 400) == 0.02
    assert top_share({}, 0) == 0.0
