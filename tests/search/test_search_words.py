"""Words to terms: the same for a question, a query and the marks in an excerpt."""

import pytest

from forum.search.highlighting import marked, snippet, wanted_stems
from forum.search.spelling import distance, nearest
from forum.search.words import query_words, stem, terms, variants


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cafetière", "cafetieres"),
        ("DÉMARRE", "demarrer"),
        ("connexion", "connexions"),
        ("réseau", "reseaux"),
        ("l’antenne", "antennes"),
        ("chevaux", "cheval"),
        ("remboursées", "rembourser"),
        ("connectée", "connecter"),
    ],
)
def test_french_forms_meet_whatever_the_accents(one, other):
    assert terms(one, "fr") == terms(other, "fr")


def test_english_forms_meet():
    assert terms("Batteries connecting", "en") == terms("battery connected", "en")


def test_other_languages_are_taken_word_by_word():
    assert terms("Über Mäuse", "de") == ["xx|uber", "xx|mause"]


def test_stop_words_and_articles_say_nothing():
    assert terms("L’eau de la machine", "fr") == ["fr|eau", "fr|machin"]


def test_codes_and_numbers_stay_as_they_are():
    assert stem("e18", "fr") == "e18"
    assert query_words("E18 192") == ["e18", "192"]


def test_a_query_of_stop_words_only_still_asks_something():
    assert query_words("how to") == ["how", "to"]


def test_a_query_word_is_looked_up_in_every_language_or_in_one():
    assert len(variants("batteries")) == 3
    assert variants("batteries", "en") == (f"en|{stem('batteries', 'en')}",)


def test_the_nearest_known_word_is_offered():
    assert distance("cafeteire", "cafetiere") == 1
    assert nearest("lavvage", [("lavage", 3), ("village", 9)]) == "lavage"
    assert nearest("xyz", [("lavage", 3)]) is None


def test_of_equally_near_words_a_name_and_then_one_with_letters_left_out_come_first():
    known = [("lave", 90), ("large", 40), ("lavage", 3)]
    assert nearest("lavge", known) == "lavage"
    assert nearest("lavge", known, {"large", "laver"}) == "large"
    assert nearest("lavag", [*known, ("laval", 50)]) == "lavage"


def test_marks_are_safe_and_catch_other_forms():
    stems = wanted_stems(["demarrer"], "fr")
    assert str(marked("Elle <b> démarre & ", stems, "fr")) == "Elle &lt;b&gt; <mark>démarre</mark> &amp; "


def test_a_snippet_shows_the_place_where_the_words_stand():
    text = "mot " * 100 + "la pompe de vidange fuit " + "mot " * 100
    shown = str(snippet(text, wanted_stems(["vidange", "fuite"], "fr"), "fr", 120))
    assert "<mark>vidange</mark> <mark>fuit</mark>" in shown and len(shown) < 220
