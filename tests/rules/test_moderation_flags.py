"""Reports: the vectors of domain/moderation.md §B3, clusters, thresholds, the fast path, immunity, raids."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.flags.rules import (
    Came,
    FlagFacts,
    FlagReason,
    Outcome,
    Standing,
    Target,
    accuracy,
    clusters,
    is_brigade,
    judge,
    outcome_of,
    score,
    weight,
)

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
VECTORS = [
    (0, 0, 0, 1.00),
    (1, 0, 0, 1.50),
    (3, 20, 0, 4.58),
    (3, 18, 2, 4.17),
    (1, 0, 10, 0.43),
    (5, 50, 5, 6.17),
]


def flag(who, reason=FlagReason.INSULT, rank=0, agreed=0, disagreed=0, **more):
    joined = more.pop("joined_on", date(2025, 1, 1) + timedelta(days=who))
    return FlagFacts(
        who, reason, Standing(rank, agreed, disagreed), more.pop("at", AT), joined_on=joined, **more
    )


@pytest.mark.parametrize(("rank", "agreed", "disagreed", "expected"), VECTORS)
def test_weights_of_the_domain(rank, agreed, disagreed, expected):
    assert weight(Standing(rank, agreed, disagreed)) == pytest.approx(expected, abs=0.005)


@given(st.integers(0, 6), st.integers(0, 200), st.integers(0, 200))
def test_weight_grows_with_rank_and_accuracy_and_stays_below_eight(rank, agreed, disagreed):
    here = weight(Standing(rank, agreed, disagreed))
    assert 0 < here <= 8
    assert weight(Standing(rank, agreed + 1, disagreed)) >= here
    assert weight(Standing(rank, agreed, disagreed + 1)) <= here
    if rank < 6:
        assert weight(Standing(rank + 1, agreed, disagreed)) >= here


def test_nobody_is_believed_twice_as_much():
    assert 0 < accuracy(0, 10**6) < accuracy(0, 0) == 1 < accuracy(10**6, 0) < 2


def test_three_strangers_to_each_other_count_three_times():
    assert len(clusters([flag(1), flag(2), flag(3)])) == 3


@pytest.mark.parametrize(
    "link",
    [
        {"origin": "same"},
        {"joined_on": date(2025, 5, 5)},
        {"targets": frozenset({1, 2, 3, 4})},
    ],
)
def test_members_who_belong_together_count_once_and_a_quarter(link):
    flags = [flag(number, rank=2, **link) for number in (1, 2, 3)]
    assert len(clusters(flags)) == 1
    assert score(flags) == pytest.approx(2 + 0.25 * 4)


def test_links_are_followed_through():
    flags = [
        flag(1, origin="a"),
        flag(2, origin="b", joined_on=date(2020, 1, 1)),
        flag(3, origin="a", joined_on=date(2020, 1, 1)),
    ]
    assert len(clusters(flags)) == 1


def test_one_member_with_three_reasons_counts_once():
    flags = [flag(1, reason) for reason in (FlagReason.INSULT, FlagReason.ILLEGAL, FlagReason.DANGEROUS)]
    assert score(flags) == pytest.approx(2.0)


def test_hiding_needs_weight_and_three_groups():
    heavy = [flag(n, rank=6, agreed=40) for n in (1, 2)]
    assert score(heavy) > 8 and not judge(heavy, Target()).hide
    assert judge([*heavy, flag(3)], Target()).hide
    assert not judge([flag(n) for n in range(1, 8)], Target()).hide


def test_a_routing_report_adds_neither_weight_nor_group():
    heavy = [flag(n, rank=6, agreed=40) for n in (1, 2)]
    verdict = judge([*heavy, flag(3, FlagReason.WRONG_CATEGORY)], Target())
    assert verdict.cluster_count == 2 and not verdict.hide


def test_a_trusted_author_needs_half_as_much_again():
    flags = [flag(n, rank=4) for n in (1, 2, 3)]
    assert score(flags) == pytest.approx(9)
    assert judge(flags, Target(author_rank=2)).hide
    assert not judge(flags, Target(author_rank=3)).hide


def test_one_proven_member_is_enough_against_a_newcomer():
    proven = flag(1, FlagReason.ADVERTISING, rank=4, agreed=9, disagreed=1)
    assert judge([proven], Target(author_rank=0)).hide
    assert not judge([proven], Target(author_rank=1)).hide
    assert not judge([flag(1, FlagReason.OFF_TOPIC, rank=4, agreed=10)], Target()).hide
    assert not judge([flag(1, FlagReason.ADVERTISING, rank=4, agreed=7, disagreed=3)], Target()).hide


@pytest.mark.parametrize(
    "target", [Target(by_staff=True), Target(is_official=True), Target(approved_version=True)]
)
def test_some_posts_are_never_hidden_by_reports(target):
    verdict = judge([flag(n, FlagReason.ILLEGAL, rank=6, agreed=50) for n in range(1, 9)], target)
    assert not verdict.hide and verdict.score > 8


def test_a_raid_hides_nothing():
    flags = [
        flag(n, rank=5, agreed=40, at=AT + timedelta(minutes=n), is_stranger=n <= 4) for n in range(1, 7)
    ]
    verdict = judge(flags, Target())
    assert verdict.brigade and not verdict.hide
    assert outcome_of(Came.KEPT, FlagReason.INSULT, brigade=True) == Outcome.IGNORED


def test_reports_over_an_hour_are_no_raid():
    assert not is_brigade([flag(n, at=AT + timedelta(minutes=12 * n), is_stranger=True) for n in range(1, 9)])


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(list(FlagReason)), st.integers(0, 6)), max_size=12)
)
def test_repeating_a_report_changes_nothing(rows):
    flags = [flag(who, reason, rank=rank) for who, reason, rank in rows]
    ranks = {f.flagger_id: f.standing for f in flags}
    flags = [
        FlagFacts(f.flagger_id, f.reason, ranks[f.flagger_id], f.at, joined_on=f.joined_on) for f in flags
    ]
    assert score(flags + flags) == pytest.approx(score(flags))
