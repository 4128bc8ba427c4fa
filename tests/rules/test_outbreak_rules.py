"""When many people ask the same: likeness, and how many are too many (domain/escalation.md §C4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.incidents.rules import MOVES, OPEN, IncidentState, sources_of
from moderation.outbreaks import rules
from moderation.outbreaks.rules import Thresholds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("usual", "least"), [(0.5, 5), (1, 6), (2, 9), (3, 11), (5, 15), (8, 24), (12, 36), (0, 5)]
)
def test_the_table_of_smallest_numbers(usual, least):
    assert rules.fewest(usual) == least
    assert rules.is_suspect(least, usual) and not rules.is_suspect(least - 1, usual)


@given(st.floats(0, 100), st.floats(0, 40))
def test_suspected_where_the_three_conditions_hold_and_only_there(people, usual):
    usual_ = max(usual, 0.5)
    three = people >= 5, people >= 3 * usual_, rules.chance_of(int(people), usual_) < 0.001
    assert rules.is_suspect(people, usual) == all(three)


def test_lower_thresholds_suspect_sooner():
    watched = Thresholds(3, 2, 0.02)
    assert rules.is_suspect(3, 0.5, watched) and not rules.is_suspect(3, 0.5)


def test_fewer_than_the_least_are_never_suspect():
    many = Thresholds(least=10)
    assert rules.is_suspect(10, 0.5, many) and not rules.is_suspect(9, 0.5, many) and rules.is_suspect(9, 0.5)


def test_who_reports_counts_once_and_newcomers_half():
    assert rules.people([(1, False), (1, False), (2, True), (2, True), (3, True), (3, False)]) == 2.5
    assert rules.people([(None, False), (None, True)]) == 2
    assert rules.is_new(0, NOON - timedelta(minutes=59), NOON)
    assert not rules.is_new(0, NOON - timedelta(minutes=60), NOON)
    assert not rules.is_new(1, NOON, NOON)


def test_half_people_are_not_rounded_up():
    assert not rules.is_suspect(4.5, 0.5) and rules.is_suspect(5.5, 0.5)


def test_a_dismissed_group_rests_six_hours_unless_twice_as_many_report():
    assert not rules.may_suspect_again(9, 5, NOON, NOON + timedelta(hours=5, minutes=59))
    assert rules.may_suspect_again(10, 5, NOON, NOON + timedelta(minutes=1))
    assert rules.may_suspect_again(5, 5, NOON, NOON + timedelta(hours=6))


def test_what_is_usual_is_the_mean_of_the_weeks_and_never_nothing():
    assert rules.expected([]) == rules.expected([0] * 8) == 0.5
    assert rules.expected([8, 0, 0, 0, 0, 0, 0, 8]) == 2


def test_like_questions_are_near_and_others_are_not():
    seen = {rules.number_of(word): 50 for word in ("mail", "today")}

    def made(text):
        return rules.fingerprint(rules.weighed(text.split()[:3], text.split(), ["#c1"]), seen, 100)

    one, same = made("login server failed today mail"), made("server login failed mail again")
    other = made("washing door leaks water below")
    assert rules.likeness(one, same) > rules.SURE > rules.JOINS > rules.likeness(one, other)
    assert rules.likeness(one, one) == pytest.approx(1) and rules.fingerprint({}, {}, 5) == {}
    centre = rules.moved(one, 3, same)
    assert rules.likeness(centre, same) > rules.likeness(one, same)
    bits = (rules.simhash(one) ^ rules.simhash(other)) & (2**64 - 1)
    assert rules.simhash(one) == rules.simhash(dict(reversed(one.items()))) and bits.bit_count() > rules.NEAR
    assert -(2**63) <= rules.simhash(one) < 2**63


def test_every_pair_of_states_of_an_incident():
    legal = {(a, b) for a, targets in MOVES.items() for b in targets}
    assert legal == {
        ("confirmed", "announced"), ("confirmed", "closed"), ("announced", "monitoring"), ("announced", "resolved"),
        ("monitoring", "announced"), ("monitoring", "resolved"), ("resolved", "announced"), ("resolved", "closed"),
    }  # fmt: skip
    assert sources_of(IncidentState.RESOLVED) == OPEN and set(MOVES) == set(IncidentState)
