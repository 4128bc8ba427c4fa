"""The chain of filters: each verdict has a name; none deletes; staff pass; disguises do not help."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import render
from moderation.review.wording import HOLDS
from moderation.screening.chain import Author, Lists, ScreenNumbers, Text, screen, triggers
from moderation.screening.highlighting import highlighted
from moderation.screening.links import SHORTENERS, hosts
from moderation.screening.policy_rules import PolicyNumbers
from moderation.screening.words import WatchedRule, WordAction, failed_sentences, matches

LISTS = Lists(
    watched=(
        WatchedRule("étincelle*", WordAction.URGENT), WatchedRule("vendu"), WatchedRule("idiot", WordAction.MASK),
        WatchedRule("prime énergie", WordAction.FLAG),
    ),
    shorteners=SHORTENERS,
    own_domains=("brevane.example",),
)  # fmt: skip
MEMBER = Author(rank=2, has_published=True)
NEW = Author(rank=0, has_published=True)


def result(body, author=MEMBER, policy="reactive", **more):
    return screen(Text(body, **more), author, policy, LISTS, ScreenNumbers(), PolicyNumbers())


LINKS = "https://a.example/1 https://b.example/2 https://c.example/3"


@pytest.mark.parametrize(
    ("body", "author", "policy", "reasons"),
    [
        ("La pompe est bouchée, je l’ai nettoyée.", MEMBER, "reactive", ()),
        ("La pompe est bouchée.", NEW, "trust", ("new_member",)),
        ("La pompe est bouchée.", Author(), "trust", ("first_post",)),
        ("La pompe est bouchée.", Author(rank=5, under_watch=True), "reactive", ("author_watched",)),
        ("La pompe est bouchée.", MEMBER, "pre", ("pre_moderation",)),
        (LINKS, NEW, "reactive", ("links",)),
        (LINKS, MEMBER, "reactive", ()),
        ("Voir https://bit.ly/3xyz", NEW, "reactive", ("short_link",)),
        (
            "Voir https://www.brevane.example/aide https://brevane.example https://x.brevane.example",
            NEW,
            "reactive",
            (),
        ),
        ("C’est un vendu.", MEMBER, "reactive", ("watched_word",)),
        ("C’est un V3NDU.", MEMBER, "reactive", ("watched_word",)),
        ("C’est un vеndu.", MEMBER, "reactive", ("watched_word",)),
        ("C’est un v\u200bendu.", MEMBER, "reactive", ("watched_word",)),
        ("J’ai revendu ma machine.", MEMBER, "reactive", ()),
        ("Il y a des ÉTINCELLES partout", MEMBER, "reactive", ("watched_word",)),
        ("J’habite 12 rue des Lilas, 75011 Paris", MEMBER, "reactive", ("postal_address",)),
        ("La prime énergie est-elle possible ?", MEMBER, "reactive", ()),
    ],
)
def test_each_hold_has_its_reason(body, author, policy, reasons):
    assert result(body, author, policy).reasons == reasons


def test_a_first_text_written_in_two_seconds_is_held():
    assert "typed_fast" in result("Bonjour", Author(), composed_seconds=2.0).reasons
    assert "typed_fast" not in result("Bonjour", Author(has_published=True), composed_seconds=2.0).reasons
    assert "typed_fast" not in result("Bonjour", Author(), composed_seconds=None).reasons


def test_staff_are_never_held_and_always_masked():
    staff = Author(rank=0, is_staff=True, language="en")
    found = result("C’est un vendu, 06 12 34 56 78 " + LINKS, staff, "pre")
    assert found.reasons == () and found.masked == ("phone",) and "06 12" not in found.body


def test_personal_data_is_masked_in_title_and_body_without_a_hold():
    found = result("Mon mail : jean@free.fr", title="Appelez le 06 12 34 56 78")
    assert found.reasons == () and set(found.masked) == {"phone", "email"}
    assert "jean@" not in found.body and "06 12" not in found.title


def test_some_words_are_dotted_out():
    assert result("Quel IDIOT de robot").body == "Quel ••••• de robot"


def test_urgent_words_call_for_haste_and_others_for_a_look():
    assert result("des étincelles").signals == ("danger",)
    assert result("la prime énergie").queue is True


def test_a_light_edit_follows_no_policy_again():
    before = "La pompe est bouchée depuis hier soir et je ne sais pas comment ouvrir la trappe de la machine."
    after = before.replace("hier", "avant-hier")
    assert result(after, NEW, "trust", previous_body=before).reasons == ()
    assert result(
        after + " Tout autre chose maintenant, avec beaucoup de mots nouveaux et différents.",
        NEW,
        "trust",
        previous_body=before,
    ).reasons == ("new_member",)


def test_a_link_that_appears_in_an_edit_is_looked_at():
    before = "La pompe est bouchée depuis hier soir et je ne sais pas comment ouvrir la trappe de la machine."
    assert result(before + " https://x.example", NEW, "trust", previous_body=before).reasons == (
        "new_member",
    )
    assert result(before + " ok", NEW, "trust", previous_body=before + " https://x.example").reasons == ()


def test_a_word_that_stood_there_before_is_not_held_again():
    assert result("C’est un vendu, vraiment", previous_body="C’est un vendu").reasons == ()


@given(st.text(max_size=400), st.sampled_from(["pre", "trust", "post", "reactive"]), st.integers(0, 6))
def test_a_filter_only_holds_or_masks_and_every_reason_is_explained(body, policy, rank):
    found = result(body, Author(rank=rank), policy)
    assert isinstance(found.body, str) and set(found.reasons) <= set(HOLDS)


def test_a_rule_is_proven_by_its_sentences():
    rule = WatchedRule("vendu")
    assert failed_sentences(rule, ["c’est un vendu"], ["revendu hier"]) == ([], [])
    assert failed_sentences(rule, ["il vend"], ["un vendu"]) == (["il vend"], ["un vendu"])
    assert matches(WatchedRule("vendu", whole_word=False), "revendu")


def test_phrases_match_over_any_blanks():
    assert matches(WatchedRule("prime énergie"), "la  PRIME\n energie") and not matches(
        WatchedRule("prime énergie"), "primes énergie"
    )


def test_hosts_are_read_with_and_without_their_scheme():
    assert hosts("https://www.A.example/x, b.fr et www.c.com.") == ["a.example", "c.com", "b.fr"]
    assert hosts("version 1.2.3, etc.fr") == ["etc.fr"]


def test_triggers_point_at_what_was_typed():
    body = "C’est un v\u200bendu, écris à jean@free.fr ou https://x.example/a"
    found = {trigger.kind: body[trigger.start : trigger.end] for trigger in triggers(body, LISTS)}
    assert found == {
        "watched_word": "v\u200bendu",
        "personal_data": "jean@free.fr",
        "link": "https://x.example/a",
    }


def test_marks_never_break_tags_or_let_markup_in():
    html = '<p>C’est un vendu <a href="https://x.example/vendu">vendu</a> &lt;b&gt;</p>'
    shown = str(highlighted(html, [("watched_word", "vendu"), ("link", "<b>")]))
    assert shown.count('<mark class="bad">vendu</mark>') == 2 and 'href="https://x.example/vendu"' in shown
    assert "<b>" not in shown and "<mark>&lt;b&gt;</mark>" in shown


words = st.sampled_from(
    [
        "vendu",
        "https://x.example/a?b=1&c=2>3",
        '"vendu"',
        "<b>",
        "jean@free.fr",
        "[vendu](https://x.example/vendu>vendu)",
        "'",
        "`vendu`",
        "&",
        "\n\n",
        " ",
    ]
)


@given(st.lists(words, max_size=10).map("".join))
def test_taking_the_marks_away_gives_the_text_back(body):
    html = render(body)
    found = [(trigger.kind, body[trigger.start : trigger.end]) for trigger in triggers(body, LISTS)]
    shown = str(highlighted(html, found))
    assert re.sub("</?mark[^>]*>", "", shown) == html
    assert [
        tag for tag in re.findall(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""", shown) if "mark" not in tag
    ] == re.findall(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""", html)


@pytest.mark.parametrize(
    ("title", "held"),
    [
        ("The drum stays full of water after each wash", False),
        ("The drum stays full of water after every wash", False),
        ("Where to buy a new machine this week", True),
    ],
)
def test_another_title_follows_the_policy_though_the_text_stays(title, held):
    words = "It began last week, and I have cleaned the filter twice since then."
    before = {"previous_body": words, "previous_title": "The drum stays full of water after each wash"}
    assert bool(result(words, NEW, "trust", title=title, **before).reasons) == held


def test_another_page_of_the_same_site_and_a_move_are_no_light_edits():
    before = (
        "La pompe est bouchée depuis hier soir et la notice se lit là : https://x.example/notice. Que faire ?"
    )
    same = {"previous_body": before, "previous_title": "La pompe de ma machine est bouchée"}
    assert result(before, NEW, "trust", title="La pompe de ma machine fuit bouchée", **same).reasons == ()
    for body in (before.replace("/notice", "/casino"), before + " x.example/casino"):
        assert result(body, NEW, "trust", title=same["previous_title"], **same).reasons == ("new_member",)
    assert result(before, NEW, "trust", title=same["previous_title"], moved=True, **same).reasons == (
        "new_member",
    )
