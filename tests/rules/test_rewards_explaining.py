"""A rank explained from the expression that decides: nothing dropped, and what is missing really is what is missing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.i18n import using_language
from rewards.ranks.explaining.rules import (
    COUNTABLE,
    Group,
    Line,
    asked,
    closed,
    explain,
    lacking,
    lines,
    named,
    unexplained,
)
from rewards.ranks.explaining.wording import criterion, in_words
from rewards.ranks.rules import (
    COMPARISONS,
    DEFAULT_FORMULAS,
    METRICS,
    Formula,
    holds,
    parse,
    parse_all,
    value_of,
)
from rewards.ranks.text_rules import read

SCALE = parse_all(DEFAULT_FORMULAS)


def way(text: str, **metrics: float) -> Group:
    return explain(parse(read(text)), metrics)


def shown(group: Group) -> list[str]:
    with using_language("en"):
        return [
            " ".join(f"{one.words} {one.value} {one.wanted}".split()) for one in map(in_words, group.parts)
        ]


def test_value_now_what_is_asked_and_what_is_missing():
    found = {
        c.metric: c
        for c in explain(SCALE[2], {"rep_total": 40, "age_days": 30, "answers_published": 2}).parts
    }
    points = found["rep_total"]
    assert (points.value, points.wanted, points.missing) == (40, 100, 60)
    assert found["age_days"].met and found["age_days"].missing == 0
    assert found["answers_published"].missing == 3
    assert (
        asked(SCALE[3], "rep_total") == 500
        and asked(SCALE[1], "rep_total") is None
        and asked(None, "rep_total") is None
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10 <= answers_accepted", "Solutions 3 of 10"),
        ("10 > answers_accepted", "Solutions 3 less than 10"),
        ("answers_accepted + flags_reviewed >= 9", "Solutions + reports reviewed 5 of 9"),
        ("answers_accepted * (flags_reviewed + 1) > 9", "Solutions × (reports reviewed + 1) 9 more than 9"),
        ("answers_accepted - (flags_reviewed - 1) >= 4", "Solutions − (reports reviewed − 1) 2 of 4"),
        ("answers_accepted / posts_published >= 0.5", "Solutions ÷ messages published 0.3 of 0.5"),
        ("not (answers_accepted < 4)", "Solutions 3 of 4"),
        ("not (answers_accepted >= 4)", "Solutions 3 less than 4"),
        ("posts_published * 0.5 <= answers_accepted", "Solutions 3 of 5 (messages published × 0.5)"),
        (
            "acceptance_ratio >= 0.2",
            "Share of your answers that became solutions 14 % of 20 %",
        ),
        ("strikes_active <= 0", "No warning in force"),
        ("strikes_active <= 1", "Warnings in force 0 at most 1"),
        ("not (email_verified = 1)", "E-mail address confirmed 0 anything but 1"),
        ("not (email_verified >= 1)", "not: e-mail address confirmed"),
    ],
)
def test_a_comparison_is_told_whichever_way_it_is_written(text, said):
    values = {"answers_accepted": 3, "flags_reviewed": 2, "posts_published": 10, "acceptance_ratio": 0.149}
    assert shown(way(text, **values)) == [said]


def test_every_way_of_an_or_is_there_and_the_nearest_first():
    found = way(
        "rep_total >= 100\n(answers_accepted >= 50 or (flags_reviewed >= 10 and flag_accuracy >= 0.7) or posts_published >= 10)",
        posts_published=9,
        flag_accuracy=0.7,
    )
    ways = found.parts[1]
    assert isinstance(ways, Group) and not ways.together and not ways.met
    assert [isinstance(part, Line) and part.metric for part in ways.parts] == [
        "posts_published",
        False,
        "answers_accepted",
    ]
    assert lacking(found) == ["rep_total", "posts_published"]
    assert named(found) == {
        "rep_total",
        "answers_accepted",
        "flags_reviewed",
        "flag_accuracy",
        "posts_published",
    }
    with using_language("en"):
        assert str(in_words(ways).words) == "One of these ways"
        assert (
            criterion(ways)
            == "Messages published: 10, or Reports reviewed: 10 and Reports that were right: 70\N{NO-BREAK SPACE}%, or Solutions: 50"
        )


def test_not_is_carried_down_to_the_comparisons():
    found = way("not (answers_accepted < 5 or (rep_total <= 99 and age_days < 7))", answers_accepted=5)
    assert [part.met for part in found.parts] == [True, False]
    either = found.parts[1]
    assert isinstance(either, Group) and not either.together
    assert {(one.metric, one.comparison) for one in lines(either)} == {("rep_total", ">"), ("age_days", ">=")}


def test_what_is_nobodys_is_said():
    with using_language("en"):
        assert str(in_words(explain(parse({"any": []}), {}).parts[0]).words) == "Open to nobody at present"
    assert explain(parse({"not": {"any": []}}), {}).met


@pytest.mark.parametrize(
    "text",
    ["answers_accepted >= answers_accepted * 2", "1 = 0", "rep_total / 0 >= 1", "rep_total >= 1 / (2 - 2)"],
)
def test_what_nobody_could_be_told_is_found(text):
    assert unexplained(parse(read(text)))
    assert not unexplained(parse(read("answers_published * 0.2 <= answers_accepted")))


numbers = st.integers(0, 60) | st.sampled_from([0.2, 0.7, 12.5])
operands = st.recursive(
    numbers | st.sampled_from(METRICS),
    lambda inner: st.builds(lambda sign, a, b: {sign: [a, b]}, st.sampled_from("+-*/"), inner, inner),
    max_leaves=4,
)
formulas = st.recursive(
    st.builds(lambda sign, a, b: {sign: [a, b]}, st.sampled_from(sorted(COMPARISONS)), operands, operands),
    lambda inner: (
        st.builds(
            lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)
        )
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=6,
)
values = st.dictionaries(
    st.sampled_from(METRICS), st.integers(0, 60) | st.floats(0, 60), max_size=len(METRICS)
)


@given(formulas, values)
@example({"not": {">=": [{"/": ["rep_total", "age_days"]}, 1]}}, {})
@example({"any": [{"==": [0, 1]}, {"==": [1, "rep_total"]}]}, {})
@example({"all": [{">": ["acceptance_ratio", 0.7]}]}, {"acceptance_ratio": 0.7})
def test_fulfilled_exactly_when_the_expression_is_true_and_what_is_missing_would_do(tree, metrics):
    formula = parse(tree)
    found = explain(formula, metrics)
    assert found.met is holds(formula, metrics)
    assert (found.share == 1) is found.met
    assert not lacking(found) if found.met else lacking(found) or closed(found)
    for one in lines(found):
        assert (one.missing > 0) <= (not one.met)
        if one.enough is None:
            continue
        # The nearest value, in the figure itself where it stands alone, makes the very comparison of the tree true.
        assert COMPARISONS[one.comparison](one.enough, one.wanted)
        if one.metric is not None:
            supplied = {**metrics, one.metric: one.enough}
            left, right = value_of(one.subject, supplied), value_of(one.against, supplied)
            assert COMPARISONS[one.comparison](left, right)
    if unexplained(formula) is None:
        unknown = [one for one in lines(found) if not one.met and one.enough is None]
        assert all(
            one.value is None or one.wanted is None or abs(one.wanted) >= COUNTABLE for one in unknown
        ), "only a division by zero, or what is beyond counting"
    for language in ("fr", "en"):
        with using_language(language):
            for part in found.parts:
                str(in_words(part).words), criterion(part)


@given(formulas, values)
def test_each_line_of_the_tree_is_in_the_explanation(tree, metrics):
    def comparisons(formula: Formula) -> int:
        return sum(map(comparisons, formula.parts)) if formula.left is None else 1

    formula = parse(tree)
    assert len(list(lines(explain(formula, metrics)))) == comparisons(formula)
