"""The formula language and the default scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.ranks.rules import (
    DEFAULT_FORMULAS,
    METRICS,
    PACKS,
    TOP,
    BadFormula,
    earned_rank,
    holds,
    name_of,
    next_rank,
    parse,
    parse_all,
)

SCALE = parse_all(DEFAULT_FORMULAS)
MEMBER = {"email_verified": 1, "age_days": 400, "posts_published": 500, "answers_published": 400}
EXPERT = {
    **MEMBER,
    "rep_total": 9000,
    "rep_365d": 4000,
    "answers_accepted": 120,
    "acceptance_ratio": 0.4,
    "active_days_60d": 30,
}


@pytest.mark.parametrize(
    ("metrics", "rank"),
    [
        ({}, 0),
        ({"email_verified": 1, "age_days": 0.9, "posts_published": 3}, 0),
        ({"email_verified": 1, "age_days": 1, "posts_published": 1}, 1),
        ({**MEMBER, "rep_total": 99}, 1),
        ({**MEMBER, "rep_total": 100, "age_days": 7, "answers_published": 5}, 2),
        ({**MEMBER, "rep_total": 500, "answers_accepted": 5, "active_days_60d": 10}, 3),
        ({**MEMBER, "rep_total": 500, "answers_accepted": 5, "active_days_60d": 9}, 2),
        ({**MEMBER, "rep_total": 500, "answers_accepted": 5, "active_days_60d": 10, "strikes_active": 1}, 2),
        ({**EXPERT, "rep_total": 2000}, 4),
        ({**EXPERT, "acceptance_ratio": 0.19}, 3),
        ({**EXPERT, "flags_reviewed": 10, "flag_accuracy": 0.6}, 3),
        ({**EXPERT, "flags_reviewed": 9, "flag_accuracy": 0.0}, 4),
        (EXPERT, 4),
        ({**EXPERT, "nominated": 1, "charter_signed": 1}, 5),
        ({**EXPERT, "nominated": 2, "charter_signed": 1, "months_at_r5": 12}, 6),
    ],
)
def test_the_default_scale(metrics, rank):
    assert earned_rank(SCALE, metrics) == rank


@given(
    st.dictionaries(st.sampled_from(METRICS), st.floats(0, 10_000), max_size=len(METRICS)),
    st.floats(0, 10_000),
    st.integers(0, TOP),
)
def test_more_points_never_lower_a_rank(metrics, more, standing):
    richer = {
        **metrics,
        "rep_total": metrics.get("rep_total", 0) + more,
        "rep_365d": metrics.get("rep_365d", 0) + more,
    }
    assert earned_rank(SCALE, richer) >= earned_rank(SCALE, metrics)
    assert next_rank(standing, earned_rank(SCALE, metrics)) >= standing


@pytest.mark.parametrize(
    "tree",
    [
        None,
        [],
        "rep_total",
        {},
        {"all": {}},
        {"all": [], "any": []},
        {">=": ["rep_total"]},
        {">=": ["rep_total", 1, 2]},
        {">=": ["__class__", 1]},
        {">=": ["rep_total.__class__", 1]},
        {">=": [{"call": ["rep_total", 1]}, 1]},
        {"eval": ["1"]},
        {"__import__": ["os"]},
        {">=": [True, 1]},
        {">=": [float("nan"), 1]},
        {">=": [10**13, 1]},
        {">=": [{"**": ["rep_total", 9]}, 1]},
        {"not": [{"==": [1, 1]}]},
        {1: []},
    ],
)
def test_what_is_outside_the_language_is_refused(tree):
    with pytest.raises(BadFormula):
        parse(tree)


def test_a_formula_that_is_too_deep_or_too_long_is_refused():
    deep: dict = {"==": [1, 1]}
    for _ in range(20):
        deep = {"not": deep}
    with pytest.raises(BadFormula):
        parse(deep)
    with pytest.raises(BadFormula):
        parse({"all": [{"==": [1, 1]}] * 500})
    with pytest.raises(BadFormula):
        parse_all({"7": {"==": [1, 1]}})


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(METRICS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", ">=", "+", "/", "x"]), inner, max_size=2)
    ),
    max_leaves=12,
)


@given(json_like, st.dictionaries(st.sampled_from(METRICS), st.floats(-1e6, 1e6)))
def test_any_tree_is_refused_or_decides(tree, metrics):
    try:
        formula = parse(tree)
    except BadFormula:
        return
    assert holds(formula, metrics) in (True, False)


@pytest.mark.parametrize("comparison", ["==", "!=", "<=", ">=", "<", ">"])
def test_a_division_by_zero_is_false(comparison):
    assert not holds(parse({comparison: [{"/": ["answers_accepted", "answers_published"]}, 0]}), {})


def test_arithmetic_and_words():
    formula = parse(
        {
            "any": [
                {">": [{"*": [{"+": ["rep_total", 10]}, {"-": [5, 3]}]}, 100]},
                {"not": {"==": ["age_days", 0]}},
            ]
        }
    )
    assert holds(formula, {"rep_total": 41})
    assert not holds(formula, {"rep_total": 40})
    assert holds(formula, {"age_days": 1})


def test_both_packs_name_every_rank_in_both_languages():
    for names in PACKS.values():
        for language in ("fr", "en"):
            assert len(names[language]) == TOP + 1
            assert len({name.full for name in names[language]}) == TOP + 1
    assert name_of("ants", "fr", 5).full == "Grande Fourmi"
    assert name_of("neutral", "en", 0).full == "Newcomer"
    assert name_of("nothing", "de", 9).full == "Fourmi marraine"
