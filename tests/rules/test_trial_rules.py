"""Trials without a database: both state machines move by move, conditions, deadlines, and the draw."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.trials import lottery, rules
from rewards.trials.lottery import Candidate, Merit
from rewards.trials.rules import (
    CAMPAIGN,
    PART,
    Campaign,
    CampaignMove,
    Check,
    Declared,
    Limits,
    Line,
    Method,
    Part,
    PartMove,
    Standing,
    Terms,
    Wanted,
)
from rewards.trials.sending import rules as sending

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)

CAMPAIGN_PATHS = {
    "draft": {"publish": "open", "cancel": "cancelled"},
    "open": {"end_applications": "selecting", "cancel": "cancelled"},
    "selecting": {"confirm": "shipping", "cancel": "cancelled"},
    "shipping": {"all_sent": "reporting", "suspend": "suspended"},
    "reporting": {"reports_in": "closing", "suspend": "suspended"},
    "closing": {"close": "closed"},
    "suspended": {"close": "closed"},
    "closed": {},
    "cancelled": {},
}
LEFT = {"excuse": "excused"}
PART_PATHS = {
    "applied": {"withdraw": "withdrawn", "reject": "rejected", "waitlist": "waitlisted", "select": "selected"},
    "waitlisted": {"withdraw": "withdrawn", "reject": "rejected", "select": "selected"},
    "selected": {"ask_address": "address_pending", "decline": "declined", **LEFT},
    "address_pending": {
        "give_address": "ready", "miss_address": "address_timeout", "decline": "declined", **LEFT,
    },
    "ready": {"ship": "shipped", "decline": "declined", **LEFT},
    "shipped": {"deliver": "delivered", "lose": "undelivered", **LEFT},
    "delivered": {"ask_report": "report_due", "report": "reported", "break": "defective", **LEFT},
    "report_due": {"report": "reported", "fall_due": "overdue", "break": "defective", **LEFT},
    "overdue": {"report": "reported", "default": "defaulted", "break": "defective", **LEFT},
    "reported": {"accept": "accepted", "ask_more": "report_due"},
    "accepted": {"default": "defaulted"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "move"), list(product(Campaign, CampaignMove)))
def test_a_campaign_moves_as_the_table_says(state, move):
    assert rules.after(CAMPAIGN, state, move) == CAMPAIGN_PATHS[state].get(move)


@pytest.mark.parametrize(("state", "move"), list(product(Part, PartMove)))
def test_a_participation_moves_as_the_table_says(state, move):
    assert rules.after(PART, state, move) == PART_PATHS.get(state, {}).get(move)


def test_a_freed_unit_is_filled_from_the_waiting_list_alone():
    assert set(rules.sources(PART, PartMove.SELECT)) == {Part.APPLIED, Part.WAITLISTED}
    freed = {rules.target(PART, move) for move in rules.RELEASING}
    assert freed == {Part.DECLINED, Part.ADDRESS_TIMEOUT} and not freed & rules.HOLDING


@pytest.mark.parametrize("table", [CAMPAIGN, PART])
def test_each_move_has_one_end(table):
    for move in {move for _state, move in table}:
        assert len({end for (_state, made), end in table.items() if made == move}) == 1


# --- who may take part ------------------------------------------------------------------------------------------

WANTED = Wanted(2, ("FR", "BE"), True, "h")
SAID = Declared(adult=True, country="FR", equipment=True, outside=True, consent_hash="h")
FINE = Standing(rank=2, email_verified=True)


def lines(standing=FINE, declared=SAID, wanted=WANTED, at=NOW):
    return rules.failing(rules.checks(standing, wanted, at, Limits(), declared))


def test_who_meets_everything_may_take_part():
    assert lines() == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"rank": 1}, Line.RANK),
        ({"email_verified": False}, Line.EMAIL),
        ({"barred": True}, Line.CONDUCT),
        ({"overdue": True}, Line.OVERDUE),
        ({"defaulted_at": NOW - 300 * DAY}, Line.DEFAULTED),
        ({"received": (NOW - DAY, NOW - 80 * DAY)}, Line.RECENT),
        ({"received": tuple(NOW - (100 + n) * DAY for n in range(6))}, Line.YEARLY),
        ({"family": (NOW - 150 * DAY,)}, Line.FAMILY),
        ({"room_from": NOW + DAY}, Line.VALUE),
        ({"staff": True}, Line.STAFF),
    ],
)
def test_each_condition_fails_alone(change, line):
    facts = {"rank": 2, "email_verified": True} | change
    assert lines(Standing(**facts)) == [line]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"adult": False}, Line.AGE),
        ({"country": "DE"}, Line.COUNTRY),
        ({"equipment": False}, Line.EQUIPMENT),
        ({"outside": False}, Line.STAFF),
        ({"consent_hash": "an older version"}, Line.CONSENT),
    ],
)
def test_each_declaration_fails_alone(change, line):
    said = {"adult": True, "country": "FR", "equipment": True, "outside": True, "consent_hash": "h"} | change
    assert lines(declared=Declared(**said)) == [line]


def test_owning_the_equipment_needs_no_declaration():
    owner = Standing(rank=2, email_verified=True, owns_equipment=True)
    assert lines(owner, Declared(True, "FR", False, True, "h")) == []


def test_before_the_form_the_declared_lines_are_open_and_do_not_fail():
    found = rules.checks(FINE, WANTED, NOW, Limits())
    assert {one.line for one in found if one.met is None} == {*rules.DECLARED, Line.STAFF}
    assert rules.failing(found) == []


def test_a_line_says_when_it_will_pass():
    known = Standing(
        rank=2, email_verified=True, defaulted_at=NOW - 300 * DAY, family=(NOW - 100 * DAY,), barred=True,
        barred_until=NOW + 3 * DAY, received=(NOW - 80 * DAY, NOW - 10 * DAY, NOW - 5 * DAY),
    )  # fmt: skip
    passes = {
        one.line: one.passes_at for one in rules.checks(known, WANTED, NOW, Limits()) if one.met is False
    }
    assert passes[Line.DEFAULTED] == NOW + 65 * DAY and passes[Line.CONDUCT] == NOW + 3 * DAY
    assert passes[Line.FAMILY] == NOW + 82 * DAY
    assert passes[Line.RECENT] == NOW + 80 * DAY, "when the second newest is 90 days old"


@given(ages=st.lists(st.integers(0, 500), max_size=9))
def test_when_a_line_says_it_passes_it_does_and_not_a_second_before(ages):
    known = Standing(rank=2, email_verified=True, received=tuple(NOW - age * DAY for age in ages))
    for line in (Line.RECENT, Line.YEARLY):

        def check(at, line=line) -> Check:
            return next(one for one in rules.checks(known, WANTED, at, Limits()) if one.line == line)

        first = check(NOW)
        if first.met is False:
            assert check(first.passes_at).met
            assert not check(first.passes_at - timedelta(seconds=1)).met


# --- deadlines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "wanted"), [(-8, None), (-7, -7), (-2, -7), (-1, -1), (0, -1), (1, 1), (6, 1), (7, 7), (40, 7)]
)
def test_reminders_come_at_minus_seven_minus_one_one_and_seven(days, wanted):
    assert rules.reminder_due(NOW, NOW + days * DAY) == wanted


def test_a_report_is_in_time_until_it_falls_overdue():
    terms = Terms()
    assert rules.is_on_time(NOW + DAY - timedelta(seconds=1), NOW, terms)
    assert not rules.is_on_time(NOW + DAY, NOW, terms)


def test_an_address_goes_thirty_days_after_delivery_and_at_the_latest_ninety_after_dispatch():
    terms = Terms()
    assert sending.purge_at(None, None, terms) is None
    assert sending.purge_at(NOW, None, terms) == NOW + 90 * DAY
    assert sending.purge_at(NOW, NOW + 3 * DAY, terms) == NOW + 33 * DAY
    assert sending.purge_at(NOW, NOW + 80 * DAY, terms) == NOW + 90 * DAY


@pytest.mark.parametrize(
    ("typed", "country", "wanted"),
    [
        ("35000", "FR", "35000"), (" 35 000 ", "FR", "35000"), ("3500", "FR", None), ("ABCDE", "FR", None),
        ("sw1a 1aa", "GB", "SW1A 1AA"), ("1050", "BE", "1050"), ("<b>", "BE", None), ("", "BE", None),
    ],
)  # fmt: skip
def test_postcodes(typed, country, wanted):
    assert sending.clean_postcode(typed, country) == wanted


# --- the draw ---------------------------------------------------------------------------------------------------

SEED = "demo-seed-2026-11"


def test_the_published_example_of_the_draw():
    committed = lottery.commitment(SEED)
    assert committed.startswith("f2b88be8") and committed.endswith("080f0f")
    ids = [f"A-{n}" for n in range(101, 106)]
    assert lottery.order(SEED, ids) == ["A-102", "A-105", "A-104", "A-101", "A-103"]
    assert lottery.holds(SEED, committed) and not lottery.holds("demo-seed-2026-12", committed)


@given(
    ids=st.sets(st.integers(1, 10_000), min_size=1, max_size=60),
    newcomer=st.integers(10_001, 20_000),
    seed=st.text(min_size=1),
)
@settings(max_examples=60)
def test_the_draw_depends_on_seed_and_ids_alone_and_one_more_moves_nobody(ids, newcomer, seed):
    labels = [lottery.label(one) for one in ids]
    drawn = lottery.order(seed, labels)
    assert drawn == lottery.order(seed, reversed(labels))
    more = lottery.order(seed, [*labels, lottery.label(newcomer)])
    assert [one for one in more if one != lottery.label(newcomer)] == drawn
    weights = dict.fromkeys([*labels, lottery.label(newcomer)], 2)
    weighted = lottery.order(seed, labels, weights)
    assert [
        o
        for o in lottery.order(seed, [*labels, lottery.label(newcomer)], weights)
        if o != lottery.label(newcomer)
    ] == weighted


def test_more_weight_is_drawn_more_often():
    first = sum(
        lottery.order(f"seed {n}", ["A-1", "A-2"], {"A-1": 3, "A-2": 1})[0] == "A-1" for n in range(2000)
    )
    assert 1400 < first < 1600, "three chances in four"


def test_weights_by_rank():
    assert [lottery.weight_of(rank) for rank in range(7)] == [1, 1, 1, 2, 3, 3, 3]


@pytest.mark.parametrize(
    ("method", "stock", "wanted"),
    [
        (Method.MIXED, 12, (6, 1, 5)), (Method.MIXED, 1, (0, 0, 1)), (Method.MIXED, 20, (10, 3, 7)),
        (Method.MERIT, 5, (5, 0, 0)), (Method.LOTTERY, 5, (0, 0, 5)), (Method.WEIGHTED, 5, (0, 0, 5)),
    ],
)  # fmt: skip
def test_shares_are_floors_and_the_rest_is_drawn(method, stock, wanted):
    found = lottery.quotas(method, stock)
    assert (found.merit, found.newcomers, found.lottery) == wanted and sum(wanted) == stock


@given(
    people=st.lists(st.tuples(st.integers(0, 10_000), st.booleans(), st.integers(2, 6)), max_size=40),
    stock=st.integers(1, 30),
    method=st.sampled_from(Method),
)
@settings(max_examples=80)
def test_everybody_has_one_place_and_no_place_stays_empty(people, stock, method):
    candidates = [Candidate(n, *facts) for n, facts in enumerate(people, 1)]
    placed = lottery.place("seed", method, candidates, lottery.quotas(method, stock))
    assert sorted(one.id for one in placed) == sorted(one.id for one in candidates)
    won = [one for one in placed if one.lot is not None]
    assert len(won) == min(stock, len(candidates)) and placed[: len(won)] == won


def test_mixed_takes_the_best_then_newcomers_then_the_draw():
    candidates = [Candidate(n, 1000 + n, n <= 20, 2) for n in range(1, 41)]
    placed = lottery.place("seed", Method.MIXED, candidates, lottery.quotas(Method.MIXED, 20))
    by_lot = {lot: [one.id for one in placed if one.lot == lot] for lot in lottery.Lot}
    assert by_lot["merit"] == list(range(40, 30, -1))
    assert len(by_lot["newcomer"]) == 3 and all(one <= 20 for one in by_lot["newcomer"])
    assert len(by_lot["lottery"]) == 7


def test_merit_adds_up_to_a_hundred():
    assert lottery.score(Merit(1, 1_000_000, 1_000_000, 1, 5, True)) == 10_000
    assert lottery.score(Merit(0, 0, 0, 0, 0, False)) == 1000, (
        "nothing known: half of what punctuality brings"
    )
    assert lottery.score(Merit(0.5, 2, 1, 0, 3, True)) == 2000 + 1000 + 900 + 1000


# --- what may not be looked at (invariant 23) -------------------------------------------------------------------

SOURCE = Path(rules.__file__).parent


def test_merit_and_eligibility_have_no_word_for_a_rating():
    fields = {
        *Merit.__dataclass_fields__,
        *Standing.__dataclass_fields__,
        *Declared.__dataclass_fields__,
        *Candidate.__dataclass_fields__,
    }
    assert not {name for name in fields if "rating" in name or "star" in name or "mark" in name}


@pytest.mark.parametrize(
    "room", ["rules", "lottery", "eligibility", "selecting", "applying", "moving", "campaigns"]
)
def test_whoever_chooses_cannot_read_a_rating(room):
    assert reads_a_rating((SOURCE / f"{room}.py").read_text()) == []


def test_a_room_that_reads_a_rating_is_caught():
    assert reads_a_rating("from rewards.trials.models import TrialReport\nscore = report.rating") == [
        "TrialReport",
        "rating",
    ]


def reads_a_rating(source: str) -> list[str]:
    """Names of the report's table or of a mark in code, docstrings left out."""
    tree = ast.parse(source)
    names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    names |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    names |= {alias.name for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) for alias in one.names}
    return sorted(names & {"TrialReport", "rating", "stars"})


@pytest.mark.parametrize(("asked", "decided", "due"), [(20, 22, 29), (1, 15, 35), (20, 55, 62), (1, 1, 21)])
def test_an_excuse_that_is_not_taken_gives_back_what_it_waited_and_leaves_a_week(asked, decided, due):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    day = timedelta(days=1)
    found = rules.due_after_refusal(start + 21 * day, start + asked * day, start + decided * day, 7 * day)
    assert found == start + due * day
