"""What rises, by values worked out by hand; and which watches a text calls for."""

from datetime import timedelta
from math import isclose

from moderation.lexicon.rules import FIRST, words_of
from moderation.listening.texts import tone_of
from moderation.themes.rules import (
    BASELINE,
    PERIOD,
    Spans,
    log_odds,
    monday_of,
    rising,
    week_of,
)
from moderation.themes.terms import is_in, names_left_out, terms
from moderation.watches.rules import Book, Heard, Wanted, lines_of, wrong_phrase
from tests.conftest import START


def test_log_odds_are_those_worked_out_by_hand():
    # 20 of 1,000 mentions now, 20 of 4,000 before; the prior is a tenth of both: 4 of 500.
    # ln(24 / 1,476) − ln(24 / 4,476) = 1.1094; z = 1.1094 / √(1/24 + 1/24) = 3.843
    ratio, z = log_odds(Spans(20, 20), Spans(1_000, 4_000))
    assert isclose(ratio, 1.1094, abs_tol=1e-4) and isclose(z, 3.8431, abs_tol=1e-3)
    # nothing before: prior 1; ln(11 / 1,489) − ln(1 / 4,499) = 3.5037; z = 3.5037 / √(1/11 + 1) = 3.354
    ratio, z = log_odds(Spans(10, 0), Spans(1_000, 4_000))
    assert isclose(ratio, 3.5037, abs_tol=1e-4) and isclose(z, 3.3545, abs_tol=1e-3)


def test_what_is_said_as_often_as_before_does_not_rise_and_less_falls():
    assert isclose(log_odds(Spans(50, 200), Spans(1_000, 4_000))[1], 0, abs_tol=1e-9)
    assert log_odds(Spans(10, 200), Spans(1_000, 4_000))[1] < -2


def test_ten_people_are_needed_and_a_pair_swallows_its_words():
    found = {
        "drain": Spans(30, 20), "filter": Spans(31, 21), "drain filter": Spans(29, 10),
        "hose": Spans(30, 2), "kettl": Spans(12, 44),
    }  # fmt: skip
    all_ = {False: Spans(2_000, 8_000), True: Spans(1_500, 6_000)}
    people = {**dict.fromkeys(found, 10), "hose": 9}
    risen = rising(found, all_, people, least_authors=10, least_z=2.0, most=40)
    assert [one.key for one in risen] == ["drain filter"], "nine people are too few, the kettle is as usual"
    people["hose"] = 10
    assert {one.key for one in rising(found, all_, people, 10, 2.0, 40)} == {"drain filter", "hose"}
    assert len(rising(found, all_, people, 10, 2.0, 1)) == 1


def test_what_rises_surely_but_hardly_is_left_out():
    # 2,600 of 10,000 now, 8,000 of 40,000 before: surely more (z > 10), but not half as much again
    found, all_ = {"kettl": Spans(2_600, 8_000)}, {False: Spans(10_000, 40_000)}
    assert log_odds(found["kettl"], all_[False])[1] > 10
    assert rising(found, all_, {"kettl": 900}, 10, 2.5, 40, least_times=1.5) == []
    assert len(rising(found, all_, {"kettl": 900}, 10, 2.5, 40, least_times=1.1)) == 1


def test_words_that_are_said_of_anything_are_no_topics():
    assert terms("Please help: a new problem today, it still works sometimes", "en") == {}
    assert terms("Bonsoir, petit problème, ça marche encore maintenant", "fr") == {}
    assert "drain filter" in terms("The drain of the filter, drain filter problem", "en")


def test_whom_somebody_speaks_to_is_not_what_they_speak_of():
    said = terms(
        "Wayne Mery said\nHi Rick, thanks Matt, drain leaks, see https://maker.example/pump and rick@maker.com, @Ben Roux\nDrain works\nBest, Ann\nRick Doe",
        "en",
    )
    assert said.keys() == {"drain", "leak", "drain leak", "ann"}
    assert "outlook" in terms("My outlook.com account", "en") and "com" not in terms(
        "My outlook.com account", "en"
    )
    assert "drain hose" not in terms("drain, hose", "en"), "a pair never crosses a comma"


def test_a_text_in_another_language_than_it_is_filed_under_counts_for_none():
    italian = "Salve, da ieri non riesco ad aprire la posta in arrivo, ho provato con ripara cartella ma sono scomparse tutte le mail"
    french = "Bonjour, depuis hier je ne peux plus ouvrir la boîte de réception, j’ai essayé de réparer le dossier, merci de votre aide"
    english = "Since yesterday I cannot open my inbox any more, I tried to repair the folder but all of the mails are gone"
    assert [is_in(text, "en") for text in (italian, french, english)] == [False, False, True]
    assert [is_in(text, "fr") for text in (italian, french, english)] == [False, True, False]
    assert is_in("Pompe, tambour, joint", "en"), "of a few words nobody can tell"


def test_an_exclamation_mark_is_no_displeasure_but_makes_it_louder():
    for calm in (
        "MANY thanks! Works like a charm!!!",
        "HELLO IS ANYBODY THERE TO HELP ME",
        "C’est parfait !",
        "In the worst case, restore it",
    ):
        assert tone_of(calm, FIRST) == 0, calm
    assert tone_of("This is so frustrating", FIRST) == 3 and tone_of("This is so frustrating!!", FIRST) == 5
    for unhappy in (
        "Je suis très énervé par ces demandes",
        "J’en ai marre",
        "C’est pénible",
        "Fed up with it",
        "Waste of time",
    ):
        assert tone_of(unhappy, FIRST) == 3, unhappy
    assert tone_of("I am not disappointed, merci, jamais déçu", FIRST) == 0


def test_terms_are_stems_and_pairs_within_a_clause():
    found = terms("La machine à laver fuit. Machines bruyantes", "fr")
    assert found["machin"] == "machine" and found["machin lav"] == "machine à laver"
    assert "fuit machin" not in found, "a pair never crosses the end of a sentence"
    assert "2024" not in terms("Update 2024 broke it", "en")
    assert terms("Version 128.1.0esr, code E18", "en").keys() == {"version", "code", "e18", "code e18"}
    assert not set(terms("Brévane drum", "en", names_left_out("Brévane", ""))) & {"brevan", "brevan drum"}
    assert terms("drum drum drum", "en") == {"drum": "drum"}, "a word beside itself is no pair"


def test_weeks_are_counted_back_from_the_end():
    assert week_of(START - timedelta(seconds=1), START) == 4
    assert week_of(START - PERIOD, START) == 3 and week_of(START - PERIOD - BASELINE, START) == 0
    assert monday_of((START + timedelta(days=6)).date()) == START.date()


def heard(text, language="en", category_id=1, product_id=None, tone=0):
    return Heard(words_of(text), language, category_id, product_id, tone)


def called(text, *watches, **more):
    return [one.id for one, _why in Book(watches).called_by(heard(text, **more))]


def test_all_any_and_none_of_words():
    watch = Wanted(1, all_of=("drain",), any_of=("filter", "pump*"), none_of=("for sale",))
    assert called("The DRAIN pumps nothing", watch) == [1]
    assert called("The drain is fine", watch) == called("The filter is fine", watch) == []
    assert called("Drain filter for sale", watch) == []
    assert called("Cafetiere en panne", Wanted(2, any_of=("cafetière",))) == [2], "accents do not matter"


def test_only_what_the_watch_asks_for_besides_words():
    watch = Wanted(1, any_of=("smoke",), language="en", category_id=2, product_id=7, tone_least=6)
    fits = {"language": "en", "category_id": 2, "product_id": 7, "tone": 6}
    assert called("smoke", watch, **fits) == [1]
    for other in ({"language": "fr"}, {"category_id": 1}, {"product_id": None}, {"tone": 5}):
        assert called("smoke", watch, **fits | other) == []


def test_which_of_its_own_words_called_is_told_and_nothing_of_the_text():
    found = Book([Wanted(1, any_of=("mart*", "smoke"))]).called_by(heard("Martin sees smoke"))
    assert [why for _one, why in found] == [("mart*", "smoke")]


def test_a_text_is_told_which_words_called_and_many_watches_are_one_list():
    watches = [Wanted(n, any_of=(f"word{n}", "error e18")) for n in range(1, 301)]
    found = Book(watches).called_by(heard("It shows Error E18, word7"))
    assert len(found) == 300 and {one.id: why for one, why in found}[7] == ("error e18", "word7")


def test_phrases_are_read_a_line_each_and_wrong_ones_named():
    assert lines_of(" Drain  Filter \n\ndrain filter\nE18") == ("drain filter", "e18")
    assert wrong_phrase(("e18", "*pump")) == "*pump" and wrong_phrase(("one two three four five six",))
    assert wrong_phrase(("pump*",)) is None
