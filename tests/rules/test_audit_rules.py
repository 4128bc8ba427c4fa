"""When an audit is due, what agrees with it, and what is hasty."""

from datetime import UTC, date, datetime
from statistics import mean

import pytest

from moderation.audits.rules import agrees, by_week, gap, wants_refusal
from moderation.pauses.rules import PauseNumbers, is_hasty
from moderation.review.rules import ALLOWED, CLASSES, Decision, ItemType, Reason, item_class


@pytest.mark.parametrize("every", [1, 2, 10, 50, 200])
def test_one_item_in_so_many_is_an_audit_in_the_long_run(every):
    gaps = [gap(moderator, last, every) for moderator in range(40) for last in range(60)]
    assert min(gaps) >= max(0, every - 1 - every // 2) and max(gaps) <= every - 1 + every // 2
    assert abs(mean(gaps) - (every - 1)) <= max(0.05 * every, 0.6)


def test_when_the_next_one_comes_cannot_be_counted_on_but_is_the_same_whenever_asked():
    assert len({gap(7, last, 50) for last in range(60)}) > 20
    assert gap(7, 3, 50) == gap(7, 3, 50)
    assert {wants_refusal(7, last) for last in range(20)} == {True, False}


@pytest.mark.parametrize(
    ("known", "made", "same"),
    [
        (Decision.REJECT, Decision.REMOVE, True),
        (Decision.REMOVE, Decision.SEND_BACK, True),
        (Decision.APPROVE, Decision.NO_ACTION, True),
        (Decision.APPROVE, Decision.APPROVE_AND_MASK, True),
        (Decision.APPROVE, Decision.REJECT, False),
        (Decision.REJECT, Decision.RESTORE, False),
    ],
)
def test_two_decisions_agree_when_the_text_stays_or_goes_in_both(known, made, same):
    assert agrees(known, made) is same is agrees(made, known)


def test_going_on_in_private_goes_with_a_reason_and_stays_without():
    assert agrees(Decision.REJECT, Decision.CONVERT_PRIVATE, Reason.WRONG_PLACE)
    assert agrees(Decision.APPROVE, Decision.CONVERT_PRIVATE)
    assert not agrees(Decision.REJECT, Decision.CONVERT_PRIVATE)


def test_weeks_begin_on_monday_and_nothing_older_is_counted():
    def at(day, hour=9):
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    weeks = by_week(
        [(at(1), 3), (at(2), 2), (datetime(2025, 1, 1, tzinfo=UTC), 9)], [(at(2), 1)], date(2026, 3, 4)
    )
    assert (weeks[-1].monday, weeks[-1].answered, weeks[-1].agreed, weeks[-1].share) == (
        date(2026, 3, 2), 2, 1, 50,
    )  # fmt: skip
    assert weeks[-2].answered == 3 and weeks[0].share is None and sum(one.answered for one in weeks) == 5


@pytest.mark.parametrize(
    ("seconds", "length", "hasty"), [(1, 201, True), (0, 5000, True), (2, 5000, False), (1, 200, False)]
)
def test_less_than_two_seconds_on_a_long_text_is_hasty(seconds, length, hasty):
    assert is_hasty(seconds, length, PauseNumbers()) is hasty


@pytest.mark.parametrize("kind", [one for one in ItemType if one != ItemType.AUDIT])
def test_each_type_has_its_class_and_its_decisions(kind):
    assert item_class(kind) in CLASSES and ALLOWED[kind]


def test_classes_of_the_types_are_those_of_the_table():
    assert {kind: item_class(kind) for kind in ItemType if kind != ItemType.AUDIT} == {
        "post": 2, "edit": 2, "review": 2, "image": 2, "flag_case": 3, "message": 3, "guide": 3, "appeal": 4, "sample": 5, "profile": 5,
    }  # fmt: skip
    assert ALLOWED[ItemType.REVIEW] == {"approve", "approve_and_mask", "reject", "remove"}
