"""The guess of a category and the fields it asks for. No database."""

from __future__ import annotations

import pytest

from forum.asking.rules import Guess, GuessReason, guess_category
from forum.fields.rules import Field, FieldFault, FieldKind, asked_in, checked, facts, read_choices

NAMES = {1: ("Lavage", "Washing"), 2: ("Café", "Coffee"), 3: ("Froid", "Cooling")}


@pytest.mark.parametrize(
    ("product", "named", "similar", "words", "expected"),
    [
        (2, 1, [1, 1], "washing", Guess(2, GuessReason.PRODUCT)),
        (None, 1, [2, 2], "coffee", Guess(1, GuessReason.NAMED)),
        (None, None, [2, 2, 1], "it leaks", Guess(2, GuessReason.SIMILAR)),
        (None, None, [3, 1, 2], "my COFFEE is cold", None),
        (None, None, [], "the washing stays wet", Guess(1, GuessReason.SIMILAR)),
        (None, None, [], "it does not work", None),
    ],
)
def test_the_category_is_guessed_from_what_says_most(product, named, similar, words, expected):
    assert guess_category(product, named, similar, NAMES, words) == expected


def field(kind: FieldKind, required: bool = False, limit: int = 10, **more) -> Field:
    return Field(
        7, more.get("category_id"), "Modèle", "Model", "", "", kind, required, limit, more.get("choices", ())
    )


@pytest.mark.parametrize(
    ("one", "typed", "expected"),
    [
        (field(FieldKind.TEXT), "  ON8 \n XL ", "ON8 XL"),
        (field(FieldKind.TEXT), "", ""),
        (field(FieldKind.TEXT, required=True), "  ", FieldFault.MISSING),
        (field(FieldKind.TEXT), "x" * 11, FieldFault.TOO_LONG),
        (field(FieldKind.NUMBER, limit=100), "12,5", "12,5"),
        (field(FieldKind.NUMBER, limit=100), "101", FieldFault.TOO_LARGE),
        (field(FieldKind.NUMBER), "²", FieldFault.NO_NUMBER),
        (field(FieldKind.CHOICE, choices=(("Payée", "Paid"),)), "Payée", "Payée"),
        (field(FieldKind.CHOICE, choices=(("Payée", "Paid"),)), "Paid", FieldFault.NO_CHOICE),
    ],
)
def test_a_value_is_kept_or_its_fault_is_named(one, typed, expected):
    assert checked(one, typed) == expected


def test_facts_are_read_in_the_readers_language_and_outlive_their_choice():
    one = field(FieldKind.CHOICE, choices=(("Payée", "Paid"),))
    assert facts({7: one}, {"7": "Payée"}, "en") == (("Model", "Paid"),)
    assert facts({7: one}, {"7": "Livrée", "99": "x", "a": "b"}, "fr") == (("Modèle", "Livrée"),)


def test_a_category_asks_its_own_fields_and_those_of_all():
    mine, all_, other = (
        field(FieldKind.TEXT, category_id=1),
        field(FieldKind.TEXT),
        field(FieldKind.TEXT, category_id=2),
    )
    assert asked_in([mine, all_, other], 1) == (mine, all_)


def test_choices_are_written_one_a_line():
    assert read_choices("Payée | Paid\n\nLivrée\n| Returned\nPayée|Again") == (
        ("Payée", "Paid"), ("Livrée", "Livrée"), ("Returned", "Returned"),
    )  # fmt: skip
