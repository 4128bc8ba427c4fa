"""What acts are worth, and how much of it fits: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.ledger.rules import (
    NOTHING,
    RULES,
    Account,
    Amounts,
    Limits,
    Lot,
    Pay,
    Used,
    Withheld,
    acceptance_pay,
    after_toggles,
    asker_pay,
    available_at,
    endorsement_pay,
    expiry_of,
    fit,
    is_fast,
    is_strong_voter,
    lots_left,
    plain_pay,
    rules_with,
    vote_pay,
)

L = Limits()
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ACCEPTED, ENDORSED, UPVOTED = RULES["answer.accepted"], RULES["answer.endorsed"], RULES["answer.upvoted"]
amounts = st.builds(Amounts, st.integers(0, 60), st.integers(0, 60))


def test_the_table_is_the_one_of_the_domain():
    table = {key: (r.amounts.reputation, r.amounts.spendable, r.capped) for key, r in RULES.items()}
    assert table == {
        "answer.accepted": (25, 25, False),
        "answer.endorsed": (15, 15, False),
        "answer.upvoted": (5, 2, True),
        "question.metoo": (1, 0, True),
        "asker.accepted": (2, 0, True),
        "dup.linked": (2, 0, True),
        "answer.fast": (5, 5, False),
        "answer.rescue": (10, 10, False),
        "flag.upheld": (2, 0, True),
        "tip.published": (20, 20, False),
        "tip.upvoted": (2, 1, True),
        "trial.report_on_time": (20, 0, False),
        "onboard.first_question": (4, 0, False),
        "onboard.first_answer": (8, 5, False),
        "onboard.first_accept": (4, 0, False),
    }


@pytest.mark.parametrize("first", ["accepted", "endorsed"])
def test_both_recognitions_total_the_larger_one_in_either_order(first):
    if first == "accepted":
        one = acceptance_pay(
            ACCEPTED, own=False, staff=False, paid_in_window=0, already=NOTHING, limits=L
        ).payable
        two = endorsement_pay(ENDORSED, ACCEPTED.amounts, staff=False, already=one).payable
    else:
        one = endorsement_pay(ENDORSED, ACCEPTED.amounts, staff=False, already=NOTHING).payable
        two = acceptance_pay(
            ACCEPTED, own=False, staff=False, paid_in_window=0, already=one, limits=L
        ).payable
    assert (one.reputation + two.reputation, one.spendable + two.spendable) == (25, 25)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"own": True}, Withheld.OWN),
        ({"staff": True}, Withheld.STAFF),
        ({"paid_in_window": 10}, Withheld.PAIR),
        ({"paid_in_window": 9}, None),
    ],
)
def test_who_earns_by_an_acceptance(case, why):
    facts = {"own": False, "staff": False, "paid_in_window": 0, **case}
    pay = acceptance_pay(ACCEPTED, already=NOTHING, limits=L, **facts)
    assert pay.withheld == why
    assert bool(pay.payable) == (why is None)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"own": True}, Withheld.OWN),
        ({"staff": True}, Withheld.STAFF),
        ({"strong_voter": False}, Withheld.WEAK_VOTER),
        ({"paid_on_post": 10}, Withheld.POST_LIMIT),
        ({"paid_by_pair": 10}, Withheld.PAIR),
        ({"paid_on_post": 9, "paid_by_pair": 9}, None),
    ],
)
def test_who_earns_by_a_thumbs_up(case, why):
    facts = {
        "own": False,
        "staff": False,
        "strong_voter": True,
        "paid_on_post": 0,
        "most_per_post": 10,
        "paid_by_pair": 0,
        **case,
    }
    pay = vote_pay(UPVOTED, limits=L, **facts)
    assert (pay.withheld, bool(pay.payable)) == (why, why is None)
    assert pay.requested == UPVOTED.amounts


def test_the_sixth_solution_marked_in_a_day_pays_the_asker_nothing():
    rule = RULES["asker.accepted"]
    assert asker_pay(rule, own=False, staff=False, paid_today=4, limits=L).payable
    assert asker_pay(rule, own=False, staff=False, paid_today=5, limits=L).withheld is Withheld.DAY_LIMIT


@pytest.mark.parametrize(
    ("rank", "hours", "strong"), [(1, 24, True), (0, 240, False), (1, 23.9, False), (5, 24, True)]
)
def test_a_vote_pays_from_rank_one_and_after_a_day(rank, hours, strong):
    assert is_strong_voter(rank, NOW - timedelta(hours=hours), NOW, L) is strong


@pytest.mark.parametrize(("minutes", "fast"), [(0, True), (60, True), (60.1, False), (-1, False)])
def test_fast_is_within_the_hour(minutes, fast):
    assert is_fast(NOW, NOW + timedelta(minutes=minutes), L) is fast
    assert not is_fast(None, NOW, L)


@given(st.lists(st.tuples(amounts, st.booleans()), max_size=60))
def test_the_daily_caps_hold_and_do_not_touch_uncapped_rules(acts):
    used, month, uncapped, expected = NOTHING, 0, 0, 0
    free = Limits(month_spendable=10**9)
    for asked, capped in acts:
        got = fit(Pay(asked, asked), capped=capped, used=Used(used, month), limits=free).payable
        assert got.reputation <= asked.reputation and got.spendable <= asked.spendable
        month += got.spendable
        if capped:
            used = Amounts(used.reputation + got.reputation, used.spendable + got.spendable)
        else:
            uncapped, expected = uncapped + got.reputation, expected + asked.reputation
    assert used.reputation <= 150 and used.spendable <= 60
    assert uncapped == expected


@given(st.lists(st.tuples(amounts, st.booleans()), max_size=200))
def test_the_monthly_ceiling_holds_for_points_to_spend_only(acts):
    month = reputation = asked_reputation = 0
    loose = Limits(day_reputation=10**9, day_spendable=10**9)
    for asked, capped in acts:
        got = fit(Pay(asked, asked), capped=capped, used=Used(NOTHING, month), limits=loose).payable
        month, reputation = month + got.spendable, reputation + got.reputation
        asked_reputation += asked.reputation
    assert month <= 1000
    assert reputation == asked_reputation


def test_what_is_cut_says_why():
    assert fit(Pay(Amounts(5, 2), Amounts(5, 2)), capped=True, used=Used(Amounts(148, 0)), limits=L) == Pay(
        Amounts(5, 2), Amounts(2, 2), Withheld.CAP_DAY
    )
    assert (
        fit(Pay(Amounts(25, 25), Amounts(25, 25)), capped=False, used=Used(NOTHING, 990), limits=L).withheld
        is Withheld.CAP_MONTH
    )


def test_a_fourth_toggle_pays_nothing():
    pay = Pay(Amounts(5, 2), Amounts(5, 2))
    assert after_toggles(pay, 2, L) == pay
    assert after_toggles(pay, 3, L) == Pay(Amounts(5, 2), NOTHING, Withheld.TOGGLES)
    assert plain_pay(RULES["answer.fast"], staff=True).payable == NOTHING


def test_points_to_spend_wait_seventy_two_hours():
    assert available_at(Account.SPENDABLE, NOW, L) == NOW + timedelta(hours=72)
    assert available_at(Account.REPUTATION, NOW, L) == NOW


@pytest.mark.parametrize(
    ("earned", "ends"),
    [
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2027, 3, 2, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), datetime(2025, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_lot_ends_on_its_day_twelve_months_later(earned, ends):
    assert expiry_of(earned, 12) == ends


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 400)), max_size=30), st.integers(0, 2000))
def test_use_takes_the_oldest_lots_first_and_never_more_than_there_is(lots, used):
    made = [Lot(n, NOW + timedelta(days=day), left) for n, (left, day) in enumerate(lots)]
    rest = lots_left(made, used)
    assert sum(lot.left for lot in rest) == max(0, sum(lot.left for lot in made) - used)
    assert all(lot.left > 0 for lot in rest)
    untouched = {lot.entry_id for lot in rest if lot.left == made[lot.entry_id].left}
    if rest:
        assert {lot.entry_id for lot in rest[1:]} <= untouched


def test_own_amounts_replace_the_table_and_nonsense_is_passed_over():
    table = rules_with(
        {
            "answer.accepted": {"rep": 30, "sp": 20, "version": 2},
            "no.rule": {"rep": 1, "sp": 1},
            "answer.fast": {"rep": "x"},
        }
    )
    assert (table["answer.accepted"].amounts, table["answer.accepted"].version) == (Amounts(30, 20), 2)
    assert table["answer.fast"] == RULES["answer.fast"]
    assert "no.rule" not in table
