"""The formulas of the dashboard against values worked by hand (domain/escalation.md §C6)."""

import random
from datetime import timedelta
from fractions import Fraction

import pytest

from common.quantiles import quantile
from moderation.dashboard import chart_rules
from moderation.dashboard.rules import (
    DAY,
    HOUR,
    Reply,
    Span,
    bands,
    bus_factor,
    difference_in_differences,
    firsts,
    pairs,
    span_to,
    survival,
)
from tests.conftest import START


def test_percentiles_are_the_nearest_rank():
    assert [quantile(range(1, 11), percent) for percent in (50, 90, 100)] == [5, 9, 10]
    assert quantile([7], 90) == 7
    assert quantile([], 50) is None


def test_who_still_waits_moves_the_median():
    """Worked by hand: 6 questions, at 1 h answered (6 left: 5/6), at 2 h answered (4 left after one censored at 1.5 h:
    5/6 × 3/4 = 0.625), at 4 h answered (3 left: 0.625 × 2/3 = 0.4167 ≤ 0.5)."""
    ended, waiting = [1, 2, 4], [1.5, 5, 6]
    hours = [round(one * HOUR) for one in ended], [round(one * HOUR) for one in waiting]
    assert survival(*hours) == 4 * HOUR
    assert quantile(hours[0], 50) == 2 * HOUR, "without them it looks better than it is"
    assert survival(hours[0], hours[1], 90) is None, "so many have not ended in what was seen"


def test_it_is_what_the_definition_says_step_by_step():
    """The plain product over all moments, for many small sets."""
    chance = random.Random(4)
    for _ in range(300):
        ended = [chance.randrange(12) for _ in range(chance.randrange(9))]
        waiting = [chance.randrange(12) for _ in range(chance.randrange(6))]
        alive, plain = Fraction(1), None
        for time in sorted(set(ended)):
            at_risk = sum(one >= time for one in ended + waiting)
            alive *= 1 - Fraction(ended.count(time), at_risk)
            if alive <= Fraction(1, 2) and plain is None:
                plain = time
        assert survival(ended, waiting) == plain, (ended, waiting)


def test_without_anybody_waiting_it_is_the_median():
    assert survival([10, 20, 30, 40], []) == 20 == quantile([10, 20, 30, 40], 50)


def test_an_answer_at_the_moment_somebody_is_lost_counts_before():
    assert survival([5], [5]) == 5, "both were at risk: 1 − 1/2"
    assert survival([], [5, 6]) is None
    assert survival([], []) is None


def test_bands_leave_out_what_nobody_knows_yet():
    assert bands([60, 900, DAY, 3599], [9 * DAY, HOUR]) == [1, 2, 0, 0, 0, 0, 2]


@pytest.mark.parametrize(
    ("counts", "least"), [([10, 5, 5], 1), ([4, 4, 4, 4], 2), ([1, 1, 1], 2), ([], 0), ([0, 7], 1)]
)
def test_bus_factor_is_the_fewest_who_make_half(counts, least):
    assert bus_factor(counts) == least


def test_a_difference_in_differences_by_hand():
    """Changes 4, 6 (mean 5, variance 2) against 1, 3 (mean 2, variance 2): 3 ± 1.96 × √(2/2 + 2/2)."""
    effect = difference_in_differences([4, 6], [1, 3])
    assert effect.value == 3 and round(effect.low, 3) == 0.228 and round(effect.high, 3) == 5.772
    assert effect.is_clear
    assert difference_in_differences([1], [1, 2]) is None


def test_each_is_paired_with_somebody_who_had_done_as_much():
    found = pairs({1: 3, 2: 3, 3: 3, 4: 9}, {11: 3, 12: 3, 13: 4})
    assert [one for one, _other in found] == [1, 2] and {other for _one, other in found} == {11, 12}


def test_the_first_answer_and_whose_it_is():
    def reply(minutes, by_team=False):
        return Reply(START + timedelta(minutes=minutes), by_team)

    found = firsts(START, [reply(30), reply(10, True), reply(20)])
    assert (found.anybody, found.by_team, found.members, found.team) == (600, True, 1200, 600)
    assert firsts(START, []).anybody is None
    assert firsts(START, [reply(-5)]).anybody == 0, "an imported answer may be older than its question"


def test_a_period_and_its_bars():
    week, year = span_to(1000, 7), span_to(1000, 364)
    assert (week.first, week.last, len(week.starts)) == (994, 1000, 7)
    assert len(year.starts) == 52 and year.place(year.last) == 51
    assert year.before() == Span(year.first - 364, 364)


def test_charts_stay_inside_their_box():
    made = chart_rules.stacked([10, 0, 7], [[4, 0, 5], [2, 0, 2]])
    assert made.scale[-1][1] >= 10 and len(made.bars) == 4
    assert all(bar.y >= chart_rules.TOP and bar.y + bar.height <= chart_rules.BASE + 0.2 for bar in made.bars)
    assert chart_rules.stacked([0, 0], [[0, 0]]) is None
    assert chart_rules.spark([None, 3]) == "" and chart_rules.spark([1, None, 3]).startswith("M0.0 28.0")
    assert chart_rules.arcs([1, 3]) == [(0.0, 25.0), (25.0, 75.0)] and chart_rules.arcs([0]) == [(0.0, 0.0)]
    assert [chart_rules.scale(most)[-1] for most in (1, 9, 100, 1004)] == [4, 20, 200, 2000]
