"""Points that time took are not taken again when their act is undone, and do not come back when it is done anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import Conflict
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from rewards.ledger import booking, expiring
from rewards.ledger.booking import Place
from rewards.ledger.models import LedgerEntry
from rewards.ledger.queries import statement
from rewards.ledger.rules import RULES, Amounts, Cause, CauseType, Pay
from tests.conftest import START

SOLUTION = Cause(CauseType.ACCEPTED, "7")
YEAR = timedelta(days=370)


def earn(who, cause=SOLUTION):
    rule = RULES["answer.accepted"]
    with unit_of_work():
        booking.credit(who.member_id, rule, cause, Pay(rule.amounts, rule.amounts), Place(), None)


def undo(cause=SOLUTION):
    with unit_of_work():
        booking.reverse_cause(cause, None, "removed")


def restore(cause=SOLUTION):
    with unit_of_work():
        for line in booking.last_undone_lines(LedgerEntry.cause_id == cause.id):
            booking.bring_back(line, None)


@pytest.fixture
def long_ago(app, at, ben):
    at(START)
    earn(ben)
    return ben


@pytest.mark.parametrize("again", [restore, None], ids=["restored", "accepted anew"])
def test_expired_points_are_not_taken_twice_nor_given_twice(long_ago, at, points, again):
    at(YEAR)
    assert expiring.expire_due() == 1 and points(long_ago) == (25, 0)
    undo()
    assert points(long_ago) == (0, 0), "time has taken them already"
    assert [line.spendable for line in statement(long_ago.member_id).items] == [25, -25, -25, 25]
    again() if again else earn(long_ago)
    assert points(long_ago) == (25, 0)
    assert expiring.expire_due() == 0
    undo()
    assert points(long_ago) == (0, 0)


def test_what_was_spent_of_them_is_a_debt_and_the_rest_is_not(long_ago, at, points):
    at(timedelta(days=4))
    booking.spend(long_ago, 10, Cause(CauseType.COUPON, "1"))
    at(YEAR)
    expiring.expire_due()
    undo()
    assert points(long_ago) == (0, -10)
    with pytest.raises(Conflict):
        booking.spend(long_ago, 1, Cause(CauseType.COUPON, "2"))
    restore()
    assert points(long_ago) == (25, 0)


def test_other_points_are_left_alone_and_expire_in_their_turn(long_ago, at, points):
    at(timedelta(days=100))
    booking.adjust(SYSTEM, long_ago.member_id, Amounts(0, 40), "later", "For the test")
    at(timedelta(days=270))
    assert expiring.expire_due() == 1
    undo()
    assert points(long_ago)[1] == 40
    at(timedelta(days=100))
    assert expiring.expire_due() == 1 and points(long_ago)[1] == 0


def test_an_older_act_that_comes_back_leaves_what_has_expired_closed(long_ago, at, points):
    undo()
    at(timedelta(days=1))
    booking.adjust(SYSTEM, long_ago.member_id, Amounts(0, 40), "later", "For the test")
    at(YEAR)
    assert expiring.expire_due() == 1
    restore()
    assert expiring.expire_due() == 1 and points(long_ago)[1] == 0
