"""The desk's model in pure rules: what teaches, how likely a text is, and when it may speak."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.screening.learning.features import MOST, Context, features, is_fact, number, shown
from moderation.screening.learning.rules import (
    Label,
    ModelNumbers,
    Stage,
    Tally,
    Totals,
    chance,
    lesson_of,
    next_stage,
    poor,
    score,
    weights,
)

NUMBERS = ModelNumbers()
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ENOUGH = Totals(200, 200, 9_000, 9_000, 5_000)


@pytest.mark.parametrize(
    ("item", "decision", "reason", "seconds", "label"),
    [
        ("post", "approve", None, 9, Label.OK), ("flag_case", "no_action", None, 9, Label.OK), ("sample", "restore", None, 9, Label.OK), ("sample", "restore", None, None, None),
        ("post", "approve_and_mask", None, 9, Label.OK), ("post", "reject", "junk", 9, Label.JUNK),
        ("flag_case", "remove", "advertising", 9, Label.JUNK), ("post", "reject", "hate", 9, Label.TONE), ("post", "reject", "insult", 2, Label.TONE),
        ("post", "reject", "off_topic", 9, None), ("post", "approve", None, 1, None), ("audit", "approve", None, 9, None),
        ("appeal", "overturn", None, 9, None), ("edit", "approve", None, 9, None),
    ],
)  # fmt: skip
def test_what_a_decision_teaches(item, decision, reason, seconds, label):
    assert lesson_of(item, decision, reason, seconds, NUMBERS.hasty_seconds) is label


def test_a_text_is_seen_as_words_stems_and_facts_and_kept_as_numbers():
    found = features("Gagnez vite", "Gagnez 5000 € sur https://x.example !", Context("question", 0, 1.5, 2.0))
    assert {"w:gagnez", "t:gagnez", "s:gagne", "w:0", "f:links question 1", "f:account 1"} <= set(found)
    assert number("w:gagnez") == number("w:gagnez") != number("t:gagnez") and 0 <= number("x") < 2**31
    assert is_fact(number("f:links 1")) and not is_fact(number("w:casino")) and shown("f:links 1") == ""


def test_a_disguised_word_is_the_word():
    assert "w:casino" in features(None, "сasinо")


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_has_a_bounded_number_of_features(body, title):
    assert len(features(title, body)) <= MOST


def seen(**counts):
    return {number(f"w:{word}"): pair for word, pair in counts.items()}


def test_words_of_refused_texts_raise_the_chance_and_those_of_others_lower_it():
    known = seen(casino=(0, 80), pompe=(120, 0))

    def likely(*words):
        return chance(weights([number(f"w:{word}") for word in words], known, ENOUGH), ENOUGH)

    assert likely("casino") > 0.95 > 0.5 > likely("pompe") and likely("casino", "pompe") < likely("casino")
    assert likely("inconnu") == pytest.approx(0.5)


def test_many_words_are_not_surer_than_they_are():
    known = seen(**{f"mot{n}": (10, 20) for n in range(400)})
    one, many = ([number(f"w:mot{n}") for n in range(count)] for count in (1, 400))
    assert score(weights(many, known, ENOUGH), ENOUGH) < 25 * score(weights(one, known, ENOUGH), ENOUGH)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_chance_is_a_chance_whatever_was_learned(ok, bad, here, there):
    totals = Totals(ok, bad, ok * 40, bad * 40, 1)
    assert 0.0 <= chance(weights([1, 2], {1: (here, there), 2: (there, here)}, totals), totals) <= 1.0


@pytest.mark.parametrize(
    ("stage", "days", "totals", "tally", "to"),
    [
        (Stage.WAITING, 90, Totals(200, 199), Tally(), Stage.WAITING),
        (Stage.WAITING, 90, ENOUGH, Tally(), Stage.SHADOW),
        (Stage.SHADOW, 13.9, ENOUGH, Tally(30, 30, 0), Stage.SHADOW),
        (Stage.SHADOW, 14, ENOUGH, Tally(30, 29, 1), Stage.ACTIVE),
        (Stage.SHADOW, 40, ENOUGH, Tally(30, 15, 15), Stage.SHADOW),
        (Stage.SHADOW, 14, ENOUGH, Tally(), Stage.ACTIVE),
        (Stage.SHADOW, 20, Totals(200, 150), Tally(), Stage.WAITING),
        (Stage.ACTIVE, 3, ENOUGH, Tally(20, 14, 6), Stage.ACTIVE),
        (Stage.ACTIVE, 3, ENOUGH, Tally(20, 13, 7), Stage.OFF),
        (Stage.ACTIVE, 3, ENOUGH, Tally(9, 0, 9), Stage.ACTIVE),
        (Stage.ACTIVE, 3, Totals(500, 199), Tally(20, 20, 0), Stage.WAITING),
        (Stage.OFF, 300, ENOUGH, Tally(), Stage.OFF),
    ],
)
def test_where_a_model_goes(stage, days, totals, tally, to):
    assert next_stage(stage, NOW - timedelta(days=days), totals, tally, NUMBERS, NOW) is to


def test_a_handful_of_decisions_is_no_judgement():
    assert (
        not poor(Tally(9, 0, 9), NUMBERS)
        and poor(Tally(10, 6, 4), NUMBERS)
        and not poor(Tally(10, 7, 3), NUMBERS)
    )
    assert Tally(5).precision is None
