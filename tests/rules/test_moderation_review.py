"""The queue's rules: policies, classes and ageing, leases, which decision fits what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.questions.rules import Move, PostState, after
from moderation.review.rules import (
    ALLOWED,
    CLAUSES,
    DEFAULT_SLA_MINUTES,
    RESTRICTING,
    WITHOUT_POST,
    Decision,
    Effect,
    ItemType,
    LeaseNumbers,
    Reason,
    aged_at,
    due_at,
    effect_of,
    explanation_fault,
    item_class,
    lease_end,
    queue_key,
    served_class,
    undo_open,
)
from moderation.review.wording import MESSAGES, REASONS
from moderation.sanctions.rules import PARTS, appeal_until, may_still_appeal, missing_parts
from moderation.screening.policy_rules import PolicyNumbers, Publication, policy_verdict, sampled

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
POLICIES = ("pre", "trust", "post", "reactive")


def verdict(policy, rank, **more):
    facts = {"is_staff": False, "under_watch": False, "has_published": True} | more
    return policy_verdict(policy, rank, numbers=PolicyNumbers(), **facts)


@pytest.mark.parametrize(
    ("policy", "rank", "expected", "share"),
    [
        ("pre", 0, Publication.HOLD, 0), ("pre", 6, Publication.HOLD, 0),
        ("trust", 0, Publication.HOLD, 0), ("trust", 1, Publication.HOLD, 0),
        ("trust", 2, Publication.LIVE, 0.30), ("trust", 3, Publication.LIVE, 0.05), ("trust", 4, Publication.LIVE, 0),
        ("post", 0, Publication.LIVE_AND_QUEUE, 1), ("post", 3, Publication.LIVE_AND_QUEUE, 1),
        ("post", 4, Publication.LIVE, 0), ("reactive", 0, Publication.LIVE, 0), ("reactive", 3, Publication.LIVE, 0),
    ],
)  # fmt: skip
def test_policies_of_the_domain(policy, rank, expected, share):
    found = verdict(policy, rank)
    assert (found.publication, found.sample_share) == (expected, share)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("rank", range(7))
def test_an_author_under_watch_is_held_everywhere_and_staff_nowhere(policy, rank):
    assert verdict(policy, rank, under_watch=True).reason == "author_watched"
    assert verdict(policy, rank, under_watch=True, is_staff=True).publication == Publication.LIVE


def test_every_hold_has_a_name():
    for policy in POLICIES:
        for rank in range(7):
            for published in (True, False):
                found = verdict(policy, rank, has_published=published)
                assert bool(found.reason) == (found.publication == Publication.HOLD)
    assert verdict("trust", 0, has_published=False).reason == "first_post"


def test_the_draw_is_repeatable_and_of_the_right_size():
    drawn = [number for number in range(20_000) if sampled(number, 0.30)]
    assert drawn == [number for number in range(20_000) if sampled(number, 0.30)]
    assert 0.28 < len(drawn) / 20_000 < 0.32
    assert not any(sampled(number, 0.0) for number in range(500)) and all(sampled(n, 1.0) for n in range(500))


items = st.tuples(st.integers(0, 5), st.integers(0, 20_000), st.integers(1, 999))


@given(st.lists(items, min_size=2, max_size=20), st.integers(0, 30_000))
def test_ageing_lifts_by_one_and_never_reaches_the_top(rows, minutes):
    now = AT + timedelta(minutes=minutes)
    keyed = []
    for klass, age, number in rows:
        created = now - timedelta(minutes=age)
        served = served_class(klass, aged_at(klass, created), now)
        assert served in (klass, klass - 1) and (served == 0) == (klass == 0)
        keyed.append((queue_key(klass, aged_at(klass, created), due_at(klass, created), number, now), klass))
    ordered = [klass for _key, klass in sorted(keyed)]
    assert ordered[: ordered.count(0)] == [0] * ordered.count(0)
    assert all(
        not (one == 5 and later == 0) for place, one in enumerate(ordered) for later in ordered[place:]
    )


def test_three_quarters_of_the_time_make_an_item_old():
    for klass, minutes in DEFAULT_SLA_MINUTES.items():
        assert aged_at(klass, AT) == AT + timedelta(minutes=minutes * 0.75) < due_at(klass, AT)


def test_danger_comes_first_and_hidden_posts_second():
    assert item_class(ItemType.SAMPLE, urgent=True) == 0
    assert item_class(ItemType.FLAG_CASE, hidden=True) == 1
    usual = {kind.value: item_class(kind) for kind in ItemType if kind != ItemType.AUDIT}
    assert usual == {
        "post": 2, "edit": 2, "review": 2, "image": 2, "flag_case": 3, "message": 3, "guide": 3, "sample": 5, "profile": 5, "appeal": 4,
    }, "an item whose answer is known has the class it had"  # fmt: skip


def test_a_lease_lasts_three_minutes_and_fifteen_at_most():
    numbers = LeaseNumbers()
    assert lease_end(AT, AT, numbers) == AT + timedelta(seconds=180)
    assert lease_end(AT, AT + timedelta(seconds=800), numbers) == AT + timedelta(seconds=900)


def test_undo_is_open_for_fifteen_seconds():
    assert undo_open(AT, AT + timedelta(seconds=15), LeaseNumbers())
    assert not undo_open(AT, AT + timedelta(seconds=15, microseconds=1), LeaseNumbers())


MOVES = {
    Effect.RELEASE: Move.RELEASE,
    Effect.RESTORE: Move.RESTORE,
    Effect.REJECT: Move.REJECT,
    Effect.REMOVE: Move.REMOVE,
}


@pytest.mark.parametrize("kind", ItemType)
@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("state", PostState)
def test_every_decision_is_a_legal_move_or_none(kind, decision, state):
    effect = effect_of(kind, decision, state.value)
    if decision not in ALLOWED.get(kind, ()):
        assert effect is None
    if effect in MOVES:
        assert after(state, MOVES[effect]) is not None
        assert (effect in (Effect.REJECT, Effect.REMOVE)) == (decision in RESTRICTING)
    if state in (PostState.WITHDRAWN, PostState.REMOVED, PostState.REJECTED) and kind not in (
        ItemType.EDIT,
        ItemType.APPEAL,
        *WITHOUT_POST,
    ):
        assert effect is None


def test_every_reason_has_a_clause_a_name_and_a_message():
    for reason in Reason:
        assert CLAUSES[reason] and REASONS[reason] and MESSAGES[reason]


def test_the_other_reason_must_be_explained():
    assert explanation_fault(Reason.OTHER, "x" * 39) and not explanation_fault(Reason.OTHER, "x" * 40)
    assert not explanation_fault(Reason.INSULT, "")


def test_a_statement_has_six_parts():
    whole = dict.fromkeys(PARTS, "said")
    assert missing_parts(whole) == [] and len(PARTS) == 6
    for part in PARTS:
        assert missing_parts({**whole, part: " "}) == [part]


def test_six_months_are_counted_in_months():
    told = datetime(2026, 8, 31, 12, tzinfo=UTC)
    end = appeal_until(told)
    assert end == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert may_still_appeal(told, end - timedelta(seconds=1)) and not may_still_appeal(told, end)
