"""How urgent a question is: words, denials, bands, and what never lowers a priority."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.escalation.priority_rules import BASE, Facts, band, score, tone_points, words_of
from moderation.escalation.rules import PRIORITIES, Priority

DANGER = [
    "There is smoke behind the dishwasher", "It caught fire last night", "I got an electric shock from the door",
    "My daughter was injured by the lid", "The plug is burning", "The battery exploded", "He nearly choked on the small part",
    "My baby had an allergic reaction", "Is there a product recall?", "Sparks come out of the socket",
    "Il y a de la fumée derrière le lave-linge", "La prise a pris feu", "J’ai reçu une décharge électrique",
    "Odeur de brûlé très forte", "Mon fils s’est blessé avec le capot", "Des étincelles sortent du moteur",
    "La batterie a explosé", "Ça fume quand je l’allume", "Je n’ai pas de bruit. Mais de la fumée",
    "Un rappel produit est-il en cours ?", "LE CÂBLE A FONDU", "It does not start, smoke comes out", "It won't start and smoke comes out",
    "Elle ne démarre plus, fumée partout", "No, there is smoke", "There was not the least visible smoke",
]  # fmt: skip
HARMLESS = [
    "No smoke, only a noise", "There is no fire and no smell", "It never caught fire", "without any burning smell",
    "Ça ne fume pas", "Il n’y a pas de fumée", "Aucune fumée ni étincelle", "sans odeur de brûlé", "Jamais de flammes",
    "How do I burn a CD?", "My Fire TV does not connect", "A smoke test of the new program", "I cannot recall my password",
    "No smoke, no flames and sparks", "Pas de fumée, flammes", "It does not even smoke", "Une crème brûlée trop cuite", "The firewall blocks the port", "Das Gerät ist kaputt", "",
]  # fmt: skip
LEGAL = [
    "My lawyer will write to you", "I will go to court", "This is a formal notice", "Mise en demeure avant tribunal",
    "Mon avocat vous écrira", "Je saisis la DGCCRF", "Je suis journaliste", "I was charged twice", "Ma carte volée a servi",
    "Mon compte a été piraté", "Prélèvement non autorisé",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGER)
def test_words_of_danger_are_urgent_and_reach_the_team_at_once(text):
    found = score(Facts(text, ""))
    assert (found.priority, found.is_danger) == (Priority.URGENT, True), found
    assert score(Facts("A question", f"Hello.\n{text}")).is_danger


@pytest.mark.parametrize("text", HARMLESS)
def test_denied_and_harmless_words_are_not(text):
    found = score(Facts(text, ""))
    assert not found.is_danger, found.parts
    assert found.priority is Priority.NORMAL


@pytest.mark.parametrize("text", LEGAL)
def test_law_and_payment_are_at_least_high(text):
    found = score(Facts(text, ""))
    assert found.priority in (Priority.HIGH, Priority.URGENT)
    assert found.is_legal and not found.is_danger


def test_an_ordinary_question_is_normal_and_says_why():
    found = score(Facts("How do I clean the filter?", "I cannot find it in the manual."))
    assert (found.points, found.priority, [part.key for part in found.parts]) == (
        BASE,
        Priority.NORMAL,
        ["base"],
    )


def test_urgency_counts_each_word_once_and_at_most_twenty():
    once = score(Facts("urgent urgent urgent", ""))
    assert once.points == BASE + 5
    many = score(Facts("urgent today tomorrow blocked baby medical", ""))
    assert many.points == BASE + 20


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 5), (3, 10), (15, 20), (500, 20)])
def test_me_too_counts_as_the_table_says(count, points):
    assert score(Facts("A question", "", me_too_count=count)).points == BASE + points


def test_a_hundred_views_without_an_answer_are_five_points():
    assert score(Facts("A question", "", view_count=99)).points == BASE + 5


@pytest.mark.parametrize(
    ("changes", "key", "points"),
    [
        ({"title": "My lawyer writes"}, "legal", 40), ({"title": "I was charged twice"}, "payment", 40),
        ({"asker_rank": 2}, "influence", 0), ({"asker_rank": 3}, "influence", 2), ({"asker_rank": 4}, "influence", 4),
        ({"asker_rank": 5}, "influence", 6), ({"asker_rank": 6}, "influence", 6), ({"reach": 99}, "influence", 2),
        ({"asker_rank": 6, "reach": 10**8}, "influence", 10), ({"view_count": 10**6}, "views", 10),
        ({"used": 0.5}, "age", 12.5), ({"used": 3.0}, "age", 25), ({"asked_lately": True}, "repeat", 10),
        ({"reopened": True}, "reopened", 10), ({"title": "This is awful"}, "tone", 3),
    ],
)  # fmt: skip
def test_each_part_has_the_points_of_the_table(changes, key, points):
    found = score(Facts(**{"title": "A question", "body": "", **changes}))
    assert {part.key: part.points for part in found.parts}.get(key, 0) == points


@pytest.mark.parametrize(
    ("words", "text", "points"),
    [
        (0, "", 0), (2, "", 6), (9, "", 15), (9, "AWFUL AWFUL AWFUL AWFUL AWFUL!!!!!!", 15), (0, "Hello!!!!!!!!", 3),
        (0, "WHY DOES IT NEVER EVER WORK", 3), (0, "WHY DOES IT NEVER EVER WORK!!!!!!!", 5), (1, "OK!", 4),
    ],
)  # fmt: skip
def test_tone_is_fifteen_at_most_and_shouting_five_of_them(words, text, points):
    assert tone_points(words, text) == points


@pytest.mark.parametrize(
    ("points", "priority"),
    [
        (0, "low"),
        (19, "low"),
        (20, "normal"),
        (44, "normal"),
        (45, "high"),
        (69, "high"),
        (70, "urgent"),
        (100, "urgent"),
    ],
)
def test_bands(points, priority):
    assert band(points) == priority


def test_words_are_read_whatever_their_case_and_accents():
    assert words_of("Fumée, FUMÉE; fume\u0301e") == ["fumee", ",", "fumee", ";", "fumee"]


facts = st.builds(
    Facts,
    title=st.sampled_from(["A question", "urgent today", "mon avocat", "smoke", "scandal, unacceptable"]),
    body=st.just(""),
    asker_rank=st.integers(0, 6),
    me_too_count=st.integers(0, 200),
    view_count=st.integers(0, 100_000),
    used=st.floats(0, 3),
    reopened=st.booleans(),
    asked_lately=st.booleans(),
)
TOP_FIRST = {priority: number for number, priority in enumerate(PRIORITIES)}


def raised(one, **changes):
    values = {name: getattr(one, name) for name in one.__slots__}
    return score(Facts(**{**values, **changes}))


@given(facts, st.integers(0, 50), st.integers(0, 5000), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_more_me_too_views_or_age_never_lower_it(one, me_too, views, used):
    more = raised(
        one, me_too_count=one.me_too_count + me_too, view_count=one.view_count + views, used=one.used + used
    )
    assert more.points >= score(one).points
    assert TOP_FIRST[more.priority] <= TOP_FIRST[score(one).priority]


@given(facts)
@settings(max_examples=200, deadline=None)
def test_influence_adds_at_most_ten_points_and_one_band(one):
    nobody, somebody = raised(one, asker_rank=0), raised(one, asker_rank=6, reach=100_000_000)
    assert 0 <= somebody.points - nobody.points <= 10
    assert TOP_FIRST[nobody.priority] - TOP_FIRST[somebody.priority] <= 1


@given(facts)
@settings(max_examples=100, deadline=None)
def test_danger_is_urgent_whatever_else(one):
    found = raised(one, title=one.title + ". Smoke!")
    assert found.priority is Priority.URGENT


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_score(text):
    assert 0 <= score(Facts(text, text)).points <= 100


def test_every_part_of_a_score_and_every_stage_has_its_words():
    from moderation.escalation.desk import case_page
    from moderation.escalation.rules import Stage

    text = "Smoke, and my lawyer asks: fraud? Urgent, unacceptable!"
    all_of_it = Facts(text, text, 6, 3, 100, 1.0, reopened=True, asked_lately=True)
    assert {part.key for part in score(all_of_it).parts} == set(case_page.PART_NAMES)
    assert set(Stage) - set(case_page._STAGE_LINES) == {Stage.STAFF, Stage.ASSIGNED}, (
        "said by lines of the case"
    )
