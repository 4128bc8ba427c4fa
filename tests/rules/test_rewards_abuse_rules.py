"""Rings among acquaintances, and that looking for them ends."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.abuse.rules import Thresholds, alike, connected, rings, shingles

LIMITS = Thresholds()


def totals(edges):
    given: Counter[int] = Counter()
    for (one, _other), count in edges.items():
        given[one] += count
    return given


def circle(members, count):
    return dict.fromkeys(zip(members, members[1:] + members[:1], strict=True), count)


def test_one_honest_acquaintance_hides_no_ring():
    outside = circle(list(range(10, 22)), 3)
    edges = circle([1, 2, 3, 4], 9) | outside | {(4, 10): 3, (15, 1): 3}
    assert rings(edges, totals(edges), LIMITS) == [frozenset({1, 2, 3, 4})]


def test_a_crowd_where_everybody_thanks_everybody_is_no_ring():
    edges = {(one, other): 3 + (one * other) % 5 for one in range(30) for other in range(30) if one != other}
    assert rings(edges, totals(edges), LIMITS) == []


@settings(max_examples=60)
@given(st.dictionaries(st.tuples(st.integers(1, 14), st.integers(1, 14)), st.integers(1, 9), max_size=120))
def test_looking_ends_and_finds_groups_of_the_right_size_that_are_connected(edges):
    for group in rings(edges, totals(edges), LIMITS):
        assert LIMITS.ring_least <= len(group) <= LIMITS.ring_most
        inner = [pair for pair, n in edges.items() if n >= LIMITS.ring_edge and set(pair) <= group]
        assert any(group <= part for part in connected(inner))


def test_a_word_changed_leaves_two_answers_alike_and_another_subject_does_not():
    words = [f"word{n}" for n in range(60)]
    text, changed = " ".join(words), " ".join(["other", *words[1:]])
    assert alike(shingles(text, 20), shingles(changed, 20), 80)
    assert not alike(shingles(text, 20), shingles(" ".join(reversed(words)), 20), 80)
    assert not shingles("too short to be anybody's own", 20)
