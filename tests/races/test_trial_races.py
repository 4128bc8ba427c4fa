"""One hundred at once: places confirmed and given back, with a racy twin that is caught. Held never passes stock."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from common.db import db
from common.errors import Refusal
from common.unit_of_work import unit_of_work
from rewards.trials import applying, campaigns, selecting
from rewards.trials.models import TrialApplication, TrialStock
from rewards.trials.rules import HOLDING, Part
from rewards.trials.sending import addresses
from tests.trials.conftest import HOME, chosen, form, monday, open_trial, people  # noqa: F401 - fixtures

STOCK = 10
N = 100


def held(trial_id):
    db.session.rollback()
    row = db.session.get(TrialStock, trial_id)
    a = TrialApplication
    holding = select(func.count()).where(a.trial_id == trial_id, a.state.in_(HOLDING))
    return row.held, db.session.scalar(holding)


def test_a_hundred_confirmations_and_releases_at_once_never_hold_more_than_there_is(chosen, in_threads):  # noqa: F811
    trial_id, crowd = chosen(60, stock=STOCK)
    order = list(crowd)

    def act(number):
        who = crowd[order[number % 50]]
        if number < 50:
            return applying.decline(who, trial_id)
        with unit_of_work():
            return selecting.fill(trial_id, who)

    results = in_threads(N, act)
    odd = [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert not odd, odd[:3]
    assert held(trial_id) == (STOCK, STOCK)
    left = db.session.scalars(
        select(TrialApplication.position).where(TrialApplication.state == Part.WAITLISTED)
    ).all()
    gone = db.session.scalar(select(func.count()).where(TrialApplication.state == Part.DECLINED))
    assert gone >= STOCK and sorted(left) == list(range(STOCK + gone + 1, 61)), (
        "in frozen order, nobody passed over"
    )


def test_without_the_condition_a_unit_would_be_given_twice(chosen, in_threads):  # noqa: F811
    """The racy twin: look, then write."""
    import threading

    trial_id, _crowd = chosen(1, stock=STOCK)
    together = threading.Barrier(STOCK * 2, timeout=30)
    taken = []

    def careless(_number):
        free = STOCK - db.session.scalar(select(TrialStock.held).where(TrialStock.trial_id == trial_id))
        db.session.rollback()
        together.wait()
        if free > 0:
            taken.append(1)

    in_threads(STOCK * 2, careless)
    assert len(taken) > STOCK - 1

    def careful(_number):
        with unit_of_work():
            from rewards.trials.moving import take_unit

            return take_unit(trial_id)

    assert sum(one is True for one in in_threads(STOCK * 2, careful)) == STOCK - 1


def test_two_managers_confirm_at_once_and_one_selection_is_made(open_trial, max_, in_threads):  # noqa: F811
    trial_id = open_trial(stock=3)
    for who in people(8):
        applying.apply(who, trial_id, form(trial_id))
    campaigns.end_applications(max_, trial_id, "enough")
    digest = selecting.preview(max_, trial_id).digest
    results = in_threads(8, lambda _n: selecting.confirm(max_, trial_id, digest))
    assert sorted(results) == [False] * 7 + [True] and held(trial_id) == (3, 3)


def test_an_application_does_not_slip_in_while_the_list_is_frozen(open_trial, max_, in_threads):  # noqa: F811
    trial_id = open_trial(stock=3)
    crowd = people(20)

    def act(number):
        if number == 10:
            return campaigns.end_applications(max_, trial_id, "now")
        return applying.apply(crowd[number], trial_id, form(trial_id))

    in_threads(20, act)
    db.session.rollback()
    from rewards.trials.models import Trial

    trial = db.session.get(Trial, trial_id)
    applied = db.session.scalars(select(TrialApplication.id).order_by(TrialApplication.id)).all()
    assert trial.frozen == list(applied)


@pytest.mark.parametrize("count", [20])
def test_a_double_click_on_the_address_keeps_one(chosen, in_threads, count):  # noqa: F811
    trial_id, crowd = chosen(1)
    who = next(iter(crowd.values()))
    results = in_threads(count, lambda _n: addresses.give(who, trial_id, HOME))
    assert sum(one is True for one in results) == 1 and not [
        one for one in results if isinstance(one, Exception)
    ]
