"""How far a question has got: every combination of facts, every (state, move) pair, and what time does."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from forum.questions.rules import HelpState
from forum.solutions.rules import (
    GROUPS,
    Confirmation,
    Facts,
    Patience,
    Pinning,
    StateMove,
    WaitStep,
    after,
    confirms_itself,
    group_of,
    help_state,
    is_outscored,
    may_reopen,
    wait_step,
)

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = [field.name for field in fields(Facts)]

# What stands higher decides. Each line: state, facts that must be true, facts that must be false.
BY_RANK = """
held             -                    published
solved           accepted             -
solved           endorsed             -
private          private              -
linked           linked               -
closed           closed               -
stale            waiting,left         -
needs_info       waiting              -
presumed_solved  answered,presumed    -
answered         answered             -
open             -                    -
"""


def expected(facts: Facts) -> HelpState:
    for line in BY_RANK.strip().splitlines():
        state, true, false = line.split()
        if all(getattr(facts, name) for name in true.split(",") if name != "-") and not any(
            getattr(facts, name) for name in false.split(",") if name != "-"
        ):
            return HelpState(state)
    raise AssertionError(facts)


def test_every_combination_of_facts_has_the_state_of_the_table():
    combinations = list(product((False, True), repeat=len(NAMES)))
    assert len(combinations) == 1024
    for values in combinations:
        facts = Facts(**dict(zip(NAMES, values, strict=True)))
        assert help_state(facts) == expected(facts), facts


def test_every_state_can_be_reached():
    reached = {
        help_state(Facts(**dict(zip(NAMES, v, strict=True)))) for v in product((False, True), repeat=10)
    }
    assert reached == set(HelpState)


CASES = {
    HelpState.HELD: Facts(published=False),
    HelpState.OPEN: Facts(),
    HelpState.ANSWERED: Facts(answered=True),
    HelpState.NEEDS_INFO: Facts(waiting=True),
    HelpState.LINKED: Facts(linked=True),
    HelpState.PRIVATE: Facts(private=True),
    HelpState.SOLVED: Facts(accepted=True, answered=True),
    HelpState.PRESUMED_SOLVED: Facts(answered=True, presumed=True),
    HelpState.STALE: Facts(waiting=True, left=True),
    HelpState.CLOSED: Facts(closed=True),
}
"""One question for each state."""

MOVES = """
                 approve answer          accept not_solved      ask_details reply    give_up    presume         link     unlink  go_private come_back close reopen   incident_over
held             open    held            held   held            held        held     held       held            held     held    held       held      held  held held
open             open    answered        solved open            needs_info  open     open       open            linked   open    private    open      closed open answered
answered         answered answered       solved open            needs_info  answered answered   presumed_solved linked   answered private   answered  closed answered answered
needs_info       needs_info needs_info   solved needs_info      needs_info  open     stale      needs_info      linked   needs_info private needs_info closed needs_info needs_info
linked           linked  linked          solved linked          linked      linked   linked     linked          linked   open    private    linked    linked open answered
private          private private         solved private         private     private  private    private         private  private private    open      private open private
solved           solved  solved          solved open            solved      solved   solved     solved          solved   solved  solved     solved    solved solved solved
presumed_solved  presumed_solved presumed_solved solved open    needs_info  answered presumed_solved presumed_solved linked presumed_solved private presumed_solved closed presumed_solved presumed_solved
stale            stale   stale           solved stale           stale       open     stale      stale           linked   stale   private    stale     closed stale stale
closed           closed  closed          solved closed          closed      closed   closed     closed          linked   closed  private    closed    closed open closed
"""


def _pairs():
    header, *rows = [line.split() for line in MOVES.strip().splitlines()]
    for state, *ends in rows:
        for move, end in zip(header, ends, strict=True):
            yield HelpState(state), StateMove(move), HelpState(end)


@pytest.mark.parametrize(("state", "move", "end"), list(_pairs()))
def test_every_pair_of_state_and_move_leads_where_the_table_says(state, move, end):
    assert help_state(CASES[state]) == state
    assert help_state(after(CASES[state], move)) == end


def test_the_table_covers_every_pair():
    assert {(state, move) for state, move, _ in _pairs()} == set(product(HelpState, StateMove))


def test_a_move_twice_is_the_move_once():
    for facts, move in product(CASES.values(), StateMove):
        assert after(after(facts, move), move) == after(facts, move)


def test_a_reply_leads_back_to_the_state_before_the_request():
    for state in (HelpState.OPEN, HelpState.ANSWERED):
        asked = after(CASES[state], StateMove.ASK_DETAILS)
        assert help_state(asked) == HelpState.NEEDS_INFO
        assert help_state(after(after(asked, StateMove.GIVE_UP), StateMove.REPLY)) == state


def test_every_state_but_held_belongs_to_one_group_of_the_lists():
    states = [state for group in GROUPS.values() for state in group]
    assert sorted(states) == sorted(set(HelpState) - {HelpState.HELD})
    assert [group_of(state) for state in ("stale", HelpState.NEEDS_INFO, "held")] == [
        "closed",
        "open",
        "open",
    ]


# --- the asker is waited for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "reminded", "step"),
    [
        (6.99, 0, None), (7, 0, WaitStep.REMIND), (10.9, 1, None), (11, 1, WaitStep.REMIND), (13.9, 2, None),
        (13, 0, WaitStep.REMIND), (14, 2, WaitStep.REST), (40, 0, WaitStep.REST),
    ],
)  # fmt: skip
def test_an_asker_is_reminded_twice_and_then_left_in_peace(days, reminded, step):
    assert wait_step(NOON, reminded, NOON + days * DAY, Patience()) == step


def test_a_settled_question_is_opened_again_within_its_time():
    assert may_reopen(NOON, NOON + 30 * DAY, 30 * DAY)
    assert not may_reopen(NOON, NOON + 30 * DAY + timedelta(seconds=1), 30 * DAY)
    assert may_reopen(None, NOON, DAY)


# --- what confirms itself, what is outscored ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "helped", "against", "accepted"),
    [
        (7, 5, 0, True),
        (7, 5, 1, True),
        (7, 5, 2, False),
        (6.9, 50, 0, False),
        (7, 4, 0, False),
        (90, 10, 2, True),
    ],
)
def test_a_proposal_confirms_itself_after_its_time_with_enough_help(days, helped, against, accepted):
    assert confirms_itself(NOON, helped, against, NOON + days * DAY, Confirmation()) is accepted


@pytest.mark.parametrize(
    ("own", "others", "days", "outscored"),
    [
        (0, [10], 30, True), (0, [9], 30, False), (0, [10], 29.9, False), (20, [39], 60, False), (20, [40], 60, True),
        (3, [13, 1], 60, True), (-4, [6], 60, True), (5, [], 60, False),
    ],
)  # fmt: skip
def test_an_accepted_answer_gives_way_to_one_that_is_clearly_better(own, others, days, outscored):
    assert is_outscored(own, others, NOON, NOON + days * DAY, Pinning()) is outscored
