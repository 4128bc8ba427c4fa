"""Strike points, sums and the ladder, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.review.rules import Reason
from moderation.sanctions.rules import MOVES, SanctionKind, SanctionState, leading_to
from moderation.sanctions.strike_rules import (
    POINTS,
    REASONS,
    Given,
    Ladder,
    StrikeCause,
    causes_for,
    rung_of,
    total_at,
    until_below,
    while_waiting,
)

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def struck(points, day=0, ended=None):
    begun = AT + day * DAY
    return Given(points, begun, begun + 180 * DAY, ended)


@pytest.mark.parametrize(
    ("total", "kind", "hours"),
    [
        (1, "warning", 0), (2, "warning", 0), (3, "silence", 24), (5, "silence", 24), (6, "suspension", 168),
        (8, "suspension", 168), (9, "suspension", 720), (11, "suspension", 720), (12, "ban", 0), (40, "ban", 0),
    ],
)  # fmt: skip
def test_the_ladder_of_the_rules(total, kind, hours):
    rung = rung_of(total, Ladder())
    assert (rung.kind.value, rung.hours) == (kind, hours)


def test_nothing_follows_from_nothing():
    assert rung_of(0, Ladder()) is None


def test_every_cause_has_its_points_and_stands_on_a_reason():
    assert set(POINTS) == set(REASONS) == set(StrikeCause)
    assert set(POINTS.values()) == {1, 3, 6, 12}
    assert all(cause in causes_for(REASONS[cause]) for cause in StrikeCause)
    assert causes_for(Reason.INSULT) == (StrikeCause.INSULT, StrikeCause.HARASSMENT)


def test_points_count_for_180_days_and_not_a_second_more():
    one = [struck(3)]
    assert total_at(one, AT) == 3 and total_at(one, AT + 180 * DAY - timedelta(seconds=1)) == 3
    assert total_at(one, AT + 180 * DAY) == 0 and total_at(one, AT - timedelta(seconds=1)) == 0


def test_what_was_taken_back_never_counted():
    assert total_at([struck(3), struck(6, ended=AT + DAY)], AT) == 3


def test_expiry_changes_the_measure():
    two = [struck(3), struck(3, 100)]
    assert rung_of(total_at(two, AT + 100 * DAY), Ladder()).kind == SanctionKind.SUSPENSION
    assert rung_of(total_at(two, AT + 181 * DAY), Ladder()).kind == SanctionKind.SILENCE


def test_until_when_a_sum_stays():
    assert until_below([struck(1), struck(3, 10)], AT + 10 * DAY, 3) == AT + 190 * DAY
    assert until_below([struck(1), struck(1, 1), struck(1, 2)], AT + 2 * DAY, 3) == AT + 180 * DAY
    assert until_below([struck(1)], AT, 3) is None


@given(st.lists(st.tuples(st.sampled_from([1, 3, 6, 12]), st.integers(0, 300))), st.integers(0, 500))
def test_the_sum_is_below_from_that_moment_and_not_before(strikes, day):
    known, at = [struck(*one) for one in strikes], AT + day * DAY
    until = until_below(known, at, 3)
    past = [one for one in known if one.given_at <= at]
    if until is None:
        assert total_at(known, at) < 3
    else:
        assert total_at(past, until - timedelta(seconds=1)) >= 3 > total_at(past, until)


@given(st.integers(1, 60), st.integers(0, 30))
def test_more_points_never_lead_to_less(total, more):
    kinds = list(SanctionKind)
    low, high = rung_of(total, Ladder()), rung_of(total + more, Ladder())
    assert (kinds.index(low.kind), low.hours if low.kind == high.kind else 0) <= (
        kinds.index(high.kind),
        high.hours,
    )


def test_until_a_second_person_agreed_the_rung_below_holds():
    assert (while_waiting(Ladder()).kind, while_waiting(Ladder()).hours) == (SanctionKind.SUSPENSION, 720)


LEGAL = {
    ("proposed", "active"), ("proposed", "dropped"), ("active", "expired"), ("active", "lifted"), ("active", "overturned"),
    ("expired", "overturned"), ("lifted", "overturned"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(SanctionState, SanctionState)))
def test_every_pair_of_states(before, after):
    legal = (before.value, after.value) in LEGAL
    assert (after in MOVES[before]) == legal and (before in leading_to(after)) == legal
