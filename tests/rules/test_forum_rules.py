"""The pure decisions of the forum: states, help state, limits, windows, rates."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.limits.rules import Act, Pace, Rates, pace_of, seconds_to_wait
from forum.questions import rules
from forum.questions.rules import (
    AnswerFacts,
    Move,
    PostKind,
    PostState,
    ReplyKind,
    Windows,
    after,
    is_clarification,
    is_social,
    is_valid_answer,
    sources,
    tag_keys,
)

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)

# rows: from; columns: the moves. "-" is a refusal.
TABLE = """
            release    reject    hide    remove   restore    withdraw   merge   part       rejoin
held        published  rejected  -       removed  -          withdrawn  -       -          -
published   -          rejected  hidden  removed  -          withdrawn  merged  -          -
hidden      -          rejected  -       removed  published  withdrawn  -       -          -
rejected    -          -         -       -        published  -          -       -          -
removed     -          -         -       -        published  -          -       -          merged
withdrawn   -          -         -       -        -          -          -       -          -
merged      -          -         -       removed  -          -          -       published  -
"""


def _pairs():
    header, *rows = [line.split() for line in TABLE.strip().splitlines()]
    for state, *ends in rows:
        for move, end in zip(header, ends, strict=True):
            yield PostState(state), Move(move), None if end == "-" else PostState(end)


@pytest.mark.parametrize(("state", "move", "end"), list(_pairs()))
def test_every_pair_of_state_and_move_does_what_the_table_says(state, move, end):
    assert after(state, move) == end
    assert (state in sources(move)) == (end is not None)


def test_the_table_covers_every_pair():
    assert {(state, move) for state, move, _ in _pairs()} == set(product(PostState, Move))


def test_nothing_leads_out_of_withdrawn():
    assert all(after(PostState.WITHDRAWN, move) is None for move in Move)


def answer(**changes) -> AnswerFacts:
    known = {"author_id": 2, "state": PostState.PUBLISHED, "body": "Nettoyez le filtre, puis relancez."}
    return AnswerFacts(**(known | changes))


def test_a_published_answer_by_somebody_else_is_valid():
    assert is_valid_answer(answer(), asker_id=1)


@pytest.mark.parametrize("state", [state for state in PostState if state != PostState.PUBLISHED])
def test_an_answer_that_is_not_published_is_not_valid(state):
    assert not is_valid_answer(answer(state=state), asker_id=1)


def test_the_askers_own_answer_is_not_valid():
    assert not is_valid_answer(answer(author_id=1), asker_id=1)


def test_an_answer_without_owner_counts_as_somebody_elses():
    assert is_valid_answer(answer(author_id=None), asker_id=None)


@pytest.mark.parametrize("kind", [ReplyKind.TIP, ReplyKind.NEEDS_INFO])
def test_a_tip_and_a_question_back_are_no_answers(kind):
    assert not is_valid_answer(answer(reply=kind), asker_id=1)


def test_a_bots_answer_is_not_valid():
    assert not is_valid_answer(answer(by_bot=True), asker_id=1)


@pytest.mark.parametrize(
    "text",
    [
        "Moi aussi",
        "me too!",
        "Merci",
        "**Thanks**",
        "Merci beaucoup pour votre réponse !",
        "Bonjour, j’ai le même problème",
        "Thank you very much for your help.",
        "\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200bok",
    ],
)
def test_thanks_and_me_too_are_social(text):
    assert is_social(text)
    assert not is_valid_answer(answer(body=text), asker_id=1)


@pytest.mark.parametrize(
    "text",
    [
        "Merci de vérifier le filtre sous l’appareil.",
        "Hello, clean the filter first.",
        "Same here: a reset of the board cured it.",
        "Débranchez l’appareil dix minutes.",
    ],
)
def test_help_is_not_social_though_it_is_polite(text):
    assert not is_social(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Quel est le modèle exact ?", True),
        ("Quel modèle ? Depuis quand le voyant clignote-t-il ?", True),
        ("Nettoyez le filtre. Est-ce que cela suffit ?", False),
        ("Nettoyez le filtre.", False),
        ("Avez-vous essayé ? " * 30, False),
    ],
)
def test_a_text_that_only_asks_back_is_a_clarification(text, asks):
    assert is_clarification(text) is asks


@given(st.text(max_size=400))
def test_the_reading_of_a_text_never_fails(text):
    assert isinstance(is_social(text), bool)
    assert isinstance(is_clarification(text), bool)


def test_tags_are_cleaned_and_kept_once_in_their_order():
    assert tag_keys([" Lave-Linge ", "code  E18", "lave-linge", "", "C++", "é"]) == (
        "lave-linge",
        "code-e18",
        "c++",
        "é",
    )


@given(st.lists(st.text(max_size=40), max_size=8))
def test_cleaning_tags_twice_changes_nothing(names):
    assert tag_keys(tag_keys(names)) == tag_keys(names)


@pytest.mark.parametrize(
    ("kind", "rank", "minutes", "open_"),
    [
        (PostKind.COMMENT, 5, 60, True),
        (PostKind.COMMENT, 5, 61, False),
        (PostKind.ANSWER, 0, 24 * 60, True),
        (PostKind.ANSWER, 0, 24 * 60 + 1, False),
        (PostKind.QUESTION, 2, 30 * 24 * 60, True),
        (PostKind.QUESTION, 2, 30 * 24 * 60 + 1, False),
    ],
)
def test_the_edit_window_closes_on_the_minute(kind, rank, minutes, open_):
    at = NOON + timedelta(minutes=minutes)
    assert rules.may_still_edit(kind, rank, NOON, at, Windows()) is open_


def test_a_post_that_waits_for_publication_stays_open_to_its_author():
    assert rules.may_still_edit(PostKind.COMMENT, 0, None, NOON, Windows())


@pytest.mark.parametrize(
    ("act", "rank", "hours", "gap", "a_day"),
    [
        (Act.ASK, 0, 1, 120, 3),
        (Act.ASK, 0, 25, 120, 20),
        (Act.ASK, 1, 25, 15, 20),
        (Act.REPLY, 0, 1, 30, 10),
        (Act.REPLY, 2, 100, 5, 200),
        (Act.VOTE, 1, 100, 0, 50),
        (Act.VOTE, 3, 100, 0, 75),
        (Act.VOTE, 4, 100, 0, 100),
    ],
)
def test_the_pace_follows_rank_and_age(act, rank, hours, gap, a_day):
    assert pace_of(act, rank, timedelta(hours=hours), Rates()) == Pace(timedelta(seconds=gap), a_day)


def test_the_first_act_never_waits():
    assert seconds_to_wait(Pace(timedelta(seconds=120), 3), 0, None, None, NOON) == 0


def test_the_gap_is_counted_from_the_last_act():
    last = NOON - timedelta(seconds=100)
    assert seconds_to_wait(Pace(timedelta(seconds=120), 3), 1, last, last, NOON) == 20
    assert seconds_to_wait(Pace(timedelta(seconds=100), 3), 1, last, last, NOON) == 0


def test_a_used_up_day_opens_when_its_first_act_is_a_day_old():
    first = NOON - timedelta(hours=23)
    assert seconds_to_wait(Pace(timedelta(0), 3), 3, first, NOON - timedelta(hours=1), NOON) == 3600
    assert seconds_to_wait(Pace(timedelta(0), 4), 3, first, NOON - timedelta(hours=1), NOON) == 0
