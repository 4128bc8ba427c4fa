"""Synonyms: who keeps them, what they may be, and that a search uses them at once in either engine."""

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from forum.content.guides import writing
from forum.search.beside import find_guides
from forum.search.finding import find, wanted_of
from forum.search.rules import Filters, Wanted
from forum.search.synonyms import keeping, queries, rules
from forum.search.synonyms.widening import key_of, widen
from tests.conftest import all_rows
from tests.guides.test_guides import draft

pytestmark = pytest.mark.usefixtures("fresh_index")


def ids(typed, **filters):
    return [result.row.id for result in find(ANONYMOUS, typed, Filters(**filters)).results]


def test_a_synonym_counts_from_the_next_search_on(mo, ada, make_question, drain):
    fridge = make_question(ada, title="My refrigerator is freezing everything")
    drain()
    assert ids("fridge") == []
    group = keeping.add_group(mo, "en", "fridge, refrigerators, ice box")
    assert ids("fridges freezing") == [fridge] and ids("ice box") == [fridge]
    shown = find(ANONYMOUS, "fridge", Filters()).results[0]
    assert "<mark>refrigerator</mark>" in str(shown.title)
    keeping.change_group(mo, group, "fridge, cooler", 1)
    assert ids("fridge") == []
    keeping.change_group(mo, group, "fridge, refrigerator", 2)
    assert ids("fridge") == [fridge]
    keeping.remove_group(mo, group)
    assert ids("fridge") == []


def test_phrases_stand_for_words_and_words_for_phrases(mo, ada, make_question, drain):
    phrase = make_question(
        ada, title="The washing machine stops", body="It does so every single night since Monday."
    )
    word = make_question(
        ada, title="A washer that stops at once", body="It does so every single night since Monday."
    )
    machine = make_question(
        ada, title="The coffee machine stops", body="It does so every single night since Monday."
    )
    drain()
    keeping.add_group(mo, "en", "washing machine, washer")
    assert {phrase, word} <= set(ids("washer stops"))
    assert set(ids("washing machine")) == {phrase, word} and machine not in ids("washing machine")
    keeping.add_group(mo, "en", "machine coffee, percolator")
    assert ids("machine coffee zeppelin")[0] == machine


def test_what_was_typed_weighs_more_than_its_synonym(mo, ada, make_question, drain):
    other = make_question(
        ada, title="A washer that stops at once", body="It does so every single night since Monday."
    )
    typed = make_question(
        ada, title="A laundry that stops at once", body="It does so every single night since Monday."
    )
    drain()
    keeping.add_group(mo, "en", "laundry, washer")
    assert ids("laundry") == [typed, other]


def test_synonyms_of_a_language_are_its_own(mo, ada, make_question, drain):
    asked = make_question(ada, title="My refrigerator is freezing everything")
    drain()
    keeping.add_group(mo, "fr", "frigo, refrigerator")
    assert ids("frigo") == []  # the question is English
    keeping.add_group(mo, "en", "frigo, refrigerator")
    assert ids("frigo") == [asked] and ids("frigo", language="fr") == []


def test_filters_hold_for_synonyms_too(mo, ada, make_question, drain):
    make_question(ada, title="My refrigerator is freezing everything")
    drain()
    keeping.add_group(mo, "en", "fridge, refrigerator")
    assert ids("fridge", category_id=2) == [] and len(ids("fridge", category_id=1)) == 1


def test_guides_are_found_by_synonyms(mo, sam):
    writing.publish_guide(sam, writing.write_guide(sam, draft()))
    keeping.add_group(mo, "en", "sieve, filter")
    assert find_guides(ANONYMOUS, wanted_of("sieve"), Filters())[1] == 1


def test_a_word_with_synonyms_is_no_mistake(mo, ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    drain()
    keeping.add_group(mo, "en", "propellar, turbine")
    assert find(ANONYMOUS, "propellar", Filters()).did_you_mean is None


def test_the_longest_phrase_is_kept_together():
    known = {"en": {("wash", "machin"): (("en|washer",),), ("wash",): (("en|clean",),)}}
    assert widen(["washing", "machine", "loud"], known) == [
        Wanted(("washing", "machine"), (("en|washer",),)),
        Wanted(("loud",)),
    ]
    assert widen(["washing"], known) == [Wanted(("washing",), (("en|clean",),))]
    assert widen(["a", "b"], {"en": {}}) == [Wanted(("a",)), Wanted(("b",))]


def test_keys_know_no_accents_plurals_or_articles():
    assert key_of("Les Réfrigérateurs", "fr") == key_of("refrigerateur", "fr")
    assert key_of("machine à laver", "fr") == key_of("machines a laver", "fr")
    assert key_of("de la", "fr") == ""


@pytest.mark.parametrize(
    "typed",
    ["", "fridge", "fridge, fridges", "fridge, the", "x" * 61 + ", fridge", "one two three four five seven, fridge", ",".join(f"word{n}" for n in range(13))],
)  # fmt: skip
def test_what_is_no_group_is_said_and_leaves_no_trace(mo, typed):
    before = all_rows()
    with pytest.raises(Invalid) as refused:
        keeping.add_group(mo, "en", typed)
    assert list(refused.value.fields) == ["entries"] and str(refused.value.fields["entries"])
    with pytest.raises(Invalid):
        keeping.add_group(mo, "de", "fridge, refrigerator")
    assert all_rows() == before


def test_a_word_stands_in_one_group_only(mo):
    keeping.add_group(mo, "en", "fridge, refrigerator")
    other = keeping.add_group(mo, "en", "washer, laundry")
    before = all_rows()
    for act in (
        lambda: keeping.add_group(mo, "en", "Fridges, cooler"),
        lambda: keeping.change_group(mo, other, "washer, fridge", 1),
    ):
        with pytest.raises(Invalid):
            act()
    assert all_rows() == before
    keeping.add_group(mo, "fr", "fridge, frigo")


def test_only_the_team_keeps_them_and_every_change_is_in_the_log(mo, ada, cleo):
    for who in (ada, cleo, ANONYMOUS):
        with pytest.raises(Forbidden):
            keeping.add_group(who, "en", "fridge, refrigerator")
    group = keeping.add_group(mo, "en", "fridge, refrigerator")
    keeping.change_group(mo, group, "fridge, refrigerator", 1)  # the same: nothing to write down
    keeping.change_group(mo, group, "fridge, cooler", 1)
    with pytest.raises(Conflict):
        keeping.change_group(mo, group, "fridge, ice box", 1)
    keeping.remove_group(mo, group)
    keeping.remove_group(mo, group)
    acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["synonyms.added", "synonyms.changed", "synonyms.removed"]


def test_the_same_group_twice_at_once_is_one(mo, in_threads):
    results = in_threads(5, lambda _number: keeping.add_group(mo, "en", "fridge, refrigerator"))
    assert len([one for one in results if isinstance(one, int)]) == 1
    assert all(isinstance(one, int | Invalid) for one in results)
    assert len(queries.groups("en").items) == 1


def test_the_desk_adds_changes_and_removes(client, sign_in, mo, ada):
    browser = sign_in(mo)
    assert (
        browser.post(
            "/en/desk/synonyms", data={"language": "en", "entries": "fridge, refrigerator"}
        ).status_code
        == 303
    )
    page = browser.get("/en/desk/synonyms?language=en&q=FRI").get_data(as_text=True)
    assert "fridge, refrigerator" in page
    refused = browser.post("/en/desk/synonyms", data={"language": "en", "entries": "fridge, <b>cooler</b>"})
    assert refused.status_code == 422 and "&lt;b&gt;cooler" in refused.get_data(as_text=True)
    group = queries.groups("en").items[0]
    changed = browser.post(f"/en/desk/synonyms/{group.id}", data={"entries": "fridge", "version": "1"})
    assert changed.status_code == 422 and "A group needs 2 to 12" in changed.get_data(as_text=True)
    assert (
        browser.post(
            f"/en/desk/synonyms/{group.id}", data={"entries": "fridge, cooler", "version": "0"}
        ).status_code
        == 409
    )
    assert browser.post(f"/en/desk/synonyms/{group.id}/remove").status_code == 303
    assert queries.groups("").items == []
    for path in ("/en/desk/synonyms",):
        assert sign_in(ada).get(path).status_code == 403


def test_entries_are_told_apart():
    assert rules.entries_of(" fridge ,\n ice   box;;fridge") == ("fridge", "ice box")
