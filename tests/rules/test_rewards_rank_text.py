"""Formulas as text: read by a grammar, never executed, and written back as what decides the same (invariant 15)."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.i18n import using_language
from rewards.ranks import rules, text_rules
from rewards.ranks.explaining import faults as wording
from rewards.ranks.rules import DEFAULT_FORMULAS, METRICS, BadFormula, holds, parse
from rewards.ranks.text_rules import read, write

operands = st.recursive(
    st.sampled_from(METRICS) | st.integers(0, 5000) | st.sampled_from([0.25, 0.7]),
    lambda inner: st.builds(lambda s, a, b: {s: [a, b]}, st.sampled_from("+-*/"), inner, inner),
    max_leaves=4,
)
conditions = st.builds(
    lambda sign, left, right: {sign: [left, right]},
    st.sampled_from(["==", "!=", "<=", ">=", "<", ">"]),
    operands,
    operands,
)
trees = st.recursive(
    conditions,
    lambda inner: (
        st.builds(lambda n, p: {n: p}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3))
        | st.builds(lambda p: {"not": p}, inner)
    ),
    max_leaves=6,
)
values = st.dictionaries(st.sampled_from(METRICS), st.integers(0, 3000), max_size=8)


@given(trees, values)
def test_written_and_read_again_a_formula_decides_the_same(tree, metrics):
    try:
        formula = parse(tree)
        text = write(tree)
        if len(text) > 2000:
            return
        again = parse(read(text))
    except BadFormula as error:
        assert "too large" in str(error)
        return
    assert holds(again, metrics) == holds(formula, metrics)


@pytest.mark.parametrize("rank", DEFAULT_FORMULAS)
def test_the_default_formulas_can_be_written(rank):
    assert read(write(DEFAULT_FORMULAS[rank])) == DEFAULT_FORMULAS[rank]


def test_people_write_as_they_like():
    tree = read("Rep_Total ≥ 500\n\n(flags_reviewed < 10 or flag_accuracy >= 0,7)\nnot strikes_active = 1")
    assert tree["all"][0] == {">=": ["rep_total", 500]}
    assert tree["all"][1] == {"any": [{"<": ["flags_reviewed", 10]}, {">=": ["flag_accuracy", 0.7]}]}
    assert tree["all"][2] == {"not": {"==": ["strikes_active", 1]}}
    assert read("(rep_total + 2) * 3 > 9")["all"] == [{">": [{"*": [{"+": ["rep_total", 2]}, 3]}, 9]}]
    assert not holds(parse(read("rep_total / 0 >= 0")), {"rep_total": 5})


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "rep_total.real > 1", "rep_total[0] > 1", "open(1) > 2", "rep_total >=", ">= 5", "rep_total",
        "salary > 5", "rep_total > 5 > 3", "((rep_total > 5)", "rep_total > 5)", "lambda: 1", "rep_total ** 2 > 5", "or",
        "1 + > 2", "not", "rep_total = 'x'", "rep_total > 5; 1 > 0", "(" * 50 + "1 > 0" + ")" * 50, "x" * 2001,
        "rep_total > " + "9" * 30, "é > 1",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_the_line(text):
    with pytest.raises(BadFormula):
        read(text)


def test_every_fault_has_its_words_in_both_languages():
    sources = [inspect.getsource(module) for module in (rules, text_rules)]
    faults = {fault for source in sources for fault in re.findall(r'BadFormula\("([^"]+)"', source)}
    assert faults == set(wording._faults("x")) and len(faults) > 10
    for fault in sorted(faults):
        error = BadFormula(fault, "kudoz" if "%(word)s" in fault else "", 2)
        with using_language("fr"):
            said = str(wording.fault_words(error))
        assert said.startswith("ligne 2") and said != str(error)
        assert str(error).startswith("line 2: ") and "%(" not in said + str(error)
