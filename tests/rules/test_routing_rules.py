"""Where a question goes, which rules cannot stand, who is next: the pure part of routing and of the words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.escalation.priority_rules import Facts, influence, score
from moderation.escalation.rules import (
    CASE_MOVES,
    OPEN,
    PRIORITIES,
    UNASSIGNED,
    WORKED_ON,
    CaseMove,
    CaseState,
    case_after,
)  # fmt: skip
from moderation.lexicon import rules as words
from moderation.lexicon.builtin_rules import BUILT_IN
from moderation.routing.rules import (
    Agent,
    Asked,
    Rule,
    Team,
    Why,
    circle,
    covers,
    helpers,
    hidden_by,
    in_turn,
    route,
)  # fmt: skip

TEAMS = (Team(1, is_fallback=True), Team(2, takes_danger=True), Team(3), Team(4, overflow_id=3))
RULES = (
    Rule(10, 3, categories=frozenset({"washing"}), words=("warranty", "repar*")),
    Rule(11, 4, products=frozenset({"A1"})),
    Rule(12, 3, languages=frozenset({"en"}), words=("refund*",)),
)


def asked(text="A question", category="lounge", product="", language="fr", **more):
    return Asked(category, language, words.words_of(text), product, **more)


@pytest.mark.parametrize(
    ("question", "team", "rule", "why"),
    [
        (asked("Is it under warranty?", "washing"), 3, 10, (Why.CATEGORY, Why.WORDS)),
        (asked("Une réparation, combien ?", "washing"), 3, 10, (Why.CATEGORY, Why.WORDS)),
        (asked("Is it under warranty?", "coffee"), 1, None, (Why.FALLBACK,)),
        (asked("Hello", product="A1"), 4, 11, (Why.PRODUCT,)),
        (asked("no refund yet", language="en"), 3, 12, (Why.WORDS, Why.LANGUAGE)),
        (asked("no refund yet"), 1, None, (Why.FALLBACK,)),
        (asked("Is it under warranty?", "washing", is_danger=True), 2, None, (Why.DANGER,)),
        (asked("Is it under warranty?", "washing", is_legal=True), 2, None, (Why.LAW,)),
    ],
)
def test_the_first_rule_that_holds_decides(question, team, rule, why):
    way = route(question, RULES, TEAMS)
    assert (way.team_id, way.rule_id, tuple(one for one, _value in way.reasons)) == (team, rule, why)


def test_a_rule_to_a_team_that_is_gone_is_passed_over_and_without_teams_there_is_none():
    assert route(asked(product="A1"), RULES, TEAMS[:2]).team_id == 1
    assert route(asked(product="A1"), RULES, ()).team_id is None


def test_a_wider_rule_before_it_hides_a_rule():
    wide, narrow = (
        Rule(1, 3, words=("refund*", "parcel")),
        Rule(2, 4, words=("parcel",), languages=frozenset({"fr"})),
    )
    assert hidden_by(narrow, [wide]) is wide
    assert not covers(narrow, wide)
    assert hidden_by(Rule(3, 4, words=("parcel", "badge")), [wide]) is None


@pytest.mark.parametrize(
    ("overflow", "start", "found"),
    [
        ({1: 2, 2: 3, 3: None}, 1, []),
        ({1: 2, 2: 1}, 1, [1, 2]),
        ({1: 1}, 1, [1]),
        ({1: 2, 2: 3, 3: 2}, 1, [2, 3]),
    ],
)
def test_circles_of_help_are_found(overflow, start, found):
    assert circle(overflow, start) == found


def test_who_helps_comes_after_the_team_and_triage_last():
    assert helpers(4, TEAMS) == [4, 3, 1]
    assert helpers(1, TEAMS) == [1]
    assert helpers(None, TEAMS) == [1]


def agent(id, **more):
    return Agent(id, present=more.pop("present", True), **more)


def turn(*agents, category="washing", language="fr", urgent=False):
    return in_turn(agents, category, language, urgent, 12, 4)


def test_least_load_then_longest_idle():
    early, late = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert turn(
        agent(1, load=2),
        agent(2, load=1, idle_since=late),
        agent(3, load=1, idle_since=early),
        agent(4, load=1),
    ) == [4, 3, 2, 1]


def test_skill_language_presence_and_caps_hold():
    assert turn(agent(1, skills=frozenset({"coffee"}))) == []
    assert turn(agent(1, languages=frozenset({"en"}))) == []
    assert turn(agent(1, present=False)) == []
    assert turn(agent(1, load=12)) == []
    assert turn(agent(1, load=11)) == [1]
    assert turn(agent(1, urgent=4), urgent=True) == []
    assert turn(agent(1, urgent=4)) == [1]


def test_who_is_planned_comes_alone_and_without_a_plan_presence_decides():
    assert turn(agent(1, on_shift=True, load=5), agent(2, on_shift=False)) == [1]
    assert turn(agent(1, on_shift=False), agent(2, on_shift=False)) == [1, 2]


# --- words ----------------------------------------------------------------------------------------------------------------


def test_a_word_of_contrast_ends_a_denial():
    for text in ("No noise but smoke", "Pas de bruit mais fumée"):
        assert score(Facts(text, "")).is_danger, text


def test_cleared_words_are_no_danger_and_others_still_are():
    assert not score(Facts("It smells of smoke", "", cleared=frozenset({"smoke"}))).is_danger
    assert score(Facts("Smoke, then fire", "", cleared=frozenset({"smoke"}))).is_danger


def test_words_of_urgency_weigh_by_category_and_never_more_than_twenty():
    points = [score(Facts("urgent", "", urgency=weight, base=0)).points for weight in (0, 1, 2, 4)]
    assert points == [0, 5, 10, 20]
    assert score(Facts("urgent blocked today", "", urgency=4, base=0)).points == 20


@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 60))
def test_reach_adds_at_most_four_and_with_rank_never_more_than_one_band(reach, rank, base):
    assert influence(rank, reach) <= 10 and influence(0, reach) <= 4
    quiet, loud = score(Facts("A", "", base=base)), score(Facts("A", "", rank, base=base, reach=reach))
    assert PRIORITIES.index(quiet.priority) - PRIORITIES.index(loud.priority) in (0, 1)


@pytest.mark.parametrize(
    ("phrase", "good"),
    [
        ("fumee", True), ("odeur de gaz", True), ("explod*", True), ("a b c d e f", False), ("*", False), ("", False),
        ("sm*ke", False), ("a" * 61, False), ("!", False), ("s'etrangl*", True), ("gas *leak", False),
    ],
)  # fmt: skip
def test_what_can_be_looked_for(phrase, good):
    assert words.is_phrase(phrase) is good


def test_an_emptied_list_of_danger_cannot_stand():
    typed = {(one, code): "\n".join(BUILT_IN[one][code]) for one in BUILT_IN for code in words.LANGUAGES}
    assert words.faults(words.as_kept(typed)) == {}
    assert words.faults(words.as_kept({**typed, ("danger", "fr"): " \n"})) == {
        ("danger", "fr"): ("empty", "")
    }


def test_every_word_of_the_house_is_found_in_its_own_text():
    for one in words.WordList:
        for code in words.LANGUAGES:
            for phrase in BUILT_IN[one][code]:
                assert words.is_phrase(phrase), phrase
                assert words.stands(words.words_of(phrase.replace("*", "")), [phrase]), phrase


# --- every state and every move of a case ---------------------------------------------------------------------------------

_S, _M = CaseState, CaseMove
LEGAL = {
    _M.QUEUE: {_S.NEW: _S.QUEUED}, _M.TAKE: {_S.QUEUED: _S.ASSIGNED},
    _M.RELEASE: dict.fromkeys(WORKED_ON, _S.QUEUED), _M.REASSIGN: {one: one for one in WORKED_ON},
    _M.ASK: {_S.ASSIGNED: _S.WAITING_ASKER, _S.WAITING_INTERNAL: _S.WAITING_ASKER},
    _M.WAIT: {_S.ASSIGNED: _S.WAITING_INTERNAL},
    _M.RESUME: {_S.WAITING_ASKER: _S.ASSIGNED, _S.WAITING_INTERNAL: _S.ASSIGNED},
    _M.ANSWER: dict.fromkeys(OPEN, _S.ANSWERED), _M.RESOLVE: dict.fromkeys((*OPEN, _S.ANSWERED), _S.RESOLVED),
    _M.CLOSE: {_S.RESOLVED: _S.CLOSED}, _M.HAND_BACK: dict.fromkeys(WORKED_ON, _S.HANDED_BACK),
    _M.CANCEL: dict.fromkeys(UNASSIGNED, _S.CANCELLED),
    _M.REOPEN: {_S.ANSWERED: _S.ASSIGNED, _S.RESOLVED: _S.ASSIGNED},
    _M.REVIVE: dict.fromkeys((_S.CANCELLED, _S.ANSWERED, _S.RESOLVED), _S.QUEUED),
}  # fmt: skip


@pytest.mark.parametrize("move", CaseMove)
def test_every_state_and_move_of_a_case(move):
    assert {state: case_after(state, move) for state in CaseState} == {
        state: LEGAL[move].get(state) for state in CaseState
    }
    assert sum(len(ends) for ends in LEGAL.values()) == len(CASE_MOVES)
