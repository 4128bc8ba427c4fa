"""What a word says, what a question is worth, which words are looked up: numbers only, no index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forum.search.engines import weighing
from forum.search.engines.weighing import asked, nearness, rarity, telling, weights, worth
from forum.search.rules import Document

DAY = date(2026, 5, 1)
PLAIN = Document(
    question_id=1,
    language="en",
    title_terms=(),
    text_terms=(),
    answer_terms=(),
    answers=0,
    views=0,
    thumbs_up=0,
    words=frozenset(),
    state="open",
    category_id=1,
    tags=(),
    author_ids=(),
    product_id=None,
    accepted=False,
    day=DAY,
)
USUAL = (("title", 5), ("text", 49), ("answer", 69))
FILLING = tuple(f"en|w{n}" for n in range(60))


def test_a_word_of_the_title_says_most_and_one_of_an_answer_least():
    title, text, answers = (tuple(f"en|{where}{n}" for n in range(many)) for where, many in USUAL)
    question = replace(
        PLAIN,
        title_terms=("en|pump", *title),
        text_terms=("en|drum", *text),
        answer_terms=("en|belt", *answers),
    )
    said = weights(question)
    assert said["en|pump"] > said["en|drum"] > said["en|belt"] > 0


def test_repeating_a_word_adds_less_and_less():
    def said(count):
        return weights(replace(PLAIN, text_terms=("en|pump",) * count + FILLING))["en|pump"]

    assert said(1) < said(2) < said(4) < said(40) <= 1 + weighing.SATURATION
    assert said(2) - said(1) > said(4) - said(3)


def test_a_word_says_less_in_a_longer_text():
    long = weights(replace(PLAIN, text_terms=("en|pump", *FILLING, *FILLING)))
    assert weights(replace(PLAIN, text_terms=("en|pump", *FILLING)))["en|pump"] > long["en|pump"]


def test_what_a_word_says_fits_into_a_place_of_a_vector():
    for count in (1, 5_000):
        said = weights(replace(PLAIN, text_terms=("en|pump",) * count, title_terms=("en|pump",) * 50))
        assert 1 <= round(said["en|pump"] * 1_000) <= 16_383


def test_a_question_nobody_has_read_is_worth_one():
    assert worth(PLAIN) == 1


@pytest.mark.parametrize("what", ["answers", "views", "thumbs_up"])
def test_what_helped_others_is_worth_more_but_never_boundlessly_more(what):
    few, many, very_many = (worth(replace(PLAIN, **{what: count})) for count in (1, 100, 1_000_000))
    assert 1 < few < many < very_many < 5


def test_a_solution_is_worth_a_little():
    assert 1 < worth(replace(PLAIN, state="solved")) < worth(replace(PLAIN, views=10))


def test_a_rare_word_says_more_and_no_word_says_less_than_nothing():
    assert rarity(1, 1_000) > rarity(100, 1_000) > rarity(1_000, 1_000) > 0
    assert rarity(5, 3) > 0  # counts may lag behind each other


def test_questions_of_the_same_days_count_more_and_those_of_other_years_as_they_are():
    assert nearness(0) > nearness(-20) == nearness(20) > nearness(365) >= 1
    assert nearness(365) < 1.0001


def test_a_question_is_looked_for_by_its_words_those_of_the_title_twice():
    words = asked("The pump leaks", "The pump of my pump is a leaking thing", "en", DAY).words
    assert words[("en|pump",)] == pytest.approx(2 + 2**0.5)
    assert words[("en|leak",)] == 3
    assert ("en|the",) not in words


def test_without_a_language_a_word_is_looked_for_in_all_forms():
    words = asked("Batteries", "", None, DAY).words
    assert [len(forms) for forms in words] == [3]


def test_the_most_telling_words_are_looked_up_and_unknown_ones_are_not():
    words = {(f"en|w{n}",): 1.0 for n in range(200)}
    counts = {f"en|w{n}": n for n in range(200)}
    found = telling(words, counts.__getitem__, 1_000)
    assert [term for term, _factor in found] == [f"en|w{n}" for n in range(1, weighing.MOST_TELLING + 1)]


def test_a_look_up_adds_up_only_so_many_entries_but_a_single_word_always(monkeypatch):
    monkeypatch.setattr(weighing, "MOST_ENTRIES", 100)
    counts = {"en|rare": 60, "en|common": 500, "en|some": 30}
    both = telling({("en|rare",): 9.0, ("en|common",): 1.0, ("en|some",): 1.0}, counts.__getitem__, 1_000)
    assert "en|common" not in dict(both) and "en|rare" in dict(both)
    assert telling({("en|common",): 1.0}, counts.__getitem__, 1_000)
