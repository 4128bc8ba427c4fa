"""What a review is made of: one text with its points, labels that stay, averages without what was given."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import text
from forum.content.reviews.rules import (
    Checked,
    Incentive,
    ReviewSort,
    Words,
    checked_how,
    compose,
    figures,
    html_of_text,
    is_possible_experience,
    kept_incentive,
    parts_of,
    points,
)

_LINE = st.text("abc é-*+ ➕", min_size=1, max_size=20)


@given(st.lists(_LINE, max_size=4), st.lists(_LINE, max_size=4))
def test_points_come_back_from_the_stored_text_as_they_were(good, bad):
    pros, cons = points("\n".join(good)), points("\n".join(bad))
    assert parts_of(compose(Words("A text.\n\n- with a list", pros, cons))) == Words(
        "A text.\n\n- with a list", pros, cons
    )


def test_a_text_without_points_is_stored_as_it_is():
    assert compose(Words("Only words.")) == "Only words." and parts_of("Only words.").pros == ()


@pytest.mark.parametrize("words", ["It is good.", "It is good:\n\n- first\n- second", "> quoted\n\n1. one"])
def test_the_rendered_text_is_shown_without_its_points(words):
    body = compose(Words(words, ("Quiet",), ("Heavy",)))
    assert html_of_text(body, text.render(body)).strip() == text.render(words).strip()


def test_points_that_render_into_something_else_leave_the_text_whole():
    body = compose(Words("```\nan open fence", ("Quiet",)))
    assert "an open fence" in html_of_text(body, text.render(body))


def test_a_trial_is_never_a_verified_purchase():
    assert checked_how(Incentive.FREE_PRODUCT_TRIAL, bought=True) is Checked.TRIAL
    assert checked_how(Incentive.NONE, bought=True) is Checked.PURCHASE
    for given_for in Incentive:
        if given_for is not Incentive.NONE:
            assert checked_how(given_for, bought=True) is not Checked.PURCHASE


def test_a_label_that_was_given_is_never_taken_off():
    for before in Incentive:
        for now in Incentive:
            kept = kept_incentive(before, now)
            assert kept is (now if before is Incentive.NONE else before)


def test_the_average_leaves_out_what_was_given_for_something():
    found = figures([(5, "free_product_trial", 2), (2, "none", 1), (3, "none", 2), (1, "discount", 1)])
    assert (found.average, found.count) == (2.7, 3)
    assert (found.average_all, found.count_all, found.mixed) == (3.2, 6, True)
    assert figures([]).average is None and figures([]).average_all is None


def test_the_most_recent_come_first_by_default():
    assert next(iter(ReviewSort)) is ReviewSort.RECENT


def test_an_experience_is_not_of_tomorrow():
    today = date(2026, 3, 2)
    assert is_possible_experience(today, today)
    assert not is_possible_experience(date(2026, 3, 3), today) and not is_possible_experience(
        date(1812, 3, 3), today
    )
