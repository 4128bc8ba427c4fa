"""Points by hand: a reason, two people above an amount, and never more than there is."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from rewards.adjustments import adjusting
from rewards.adjustments.forms import AdjustmentDraft
from rewards.adjustments.models import Adjustment
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Amounts
from tests.conftest import START


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def draft(points, name="Ben", reason="A talk at the fair", key="k1"):
    return AdjustmentDraft(name, Amounts(points, points), reason, key)


def last_id():
    return db.session.scalar(select(func.max(Adjustment.id)))


def test_a_small_line_is_booked_at_once_and_once(max_, ben, points, lines):
    assert adjusting.ask(max_, draft(200))
    assert adjusting.ask(max_, draft(200))
    assert points(ben) == (200, 200)
    assert lines(ben)[-1].note == "A talk at the fair"


def test_above_the_amount_a_second_manager_agrees(max_, root, ben, points):
    assert not adjusting.ask(max_, draft(201))
    assert points(ben) == (0, 0)
    with pytest.raises(Conflict):
        adjusting.approve(max_, last_id())
    assert points(ben) == (0, 0)
    assert adjusting.approve(root, last_id())
    assert not adjusting.approve(root, last_id())
    assert points(ben) == (201, 201)


def test_many_small_steps_are_no_way_round(max_, root, ben, points):
    assert adjusting.ask(max_, draft(150, key="a"))
    assert not adjusting.ask(max_, draft(60, key="b"))
    assert points(ben) == (150, 150)
    assert adjusting.ask(root, draft(60, key="c"))


def test_a_refused_line_books_nothing_and_cannot_be_agreed_to(max_, root, ben, points):
    adjusting.ask(max_, draft(500))
    assert adjusting.refuse(root, last_id())
    assert not adjusting.refuse(root, last_id())
    with pytest.raises(Conflict):
        adjusting.approve(root, last_id())
    assert points(ben) == (0, 0)


def test_more_than_there_is_cannot_be_taken(max_, ben, points):
    adjusting.ask(max_, draft(50, key="a"))
    with pytest.raises(Conflict):
        adjusting.ask(max_, draft(-51, key="b"))
    assert points(ben) == (50, 50)
    assert adjusting.ask(max_, draft(-50, key="c"))
    assert points(ben) == (0, 0)


def test_who_may_and_what_is_refused(max_, ada, mo, sam):
    for who in (ada, mo, sam):
        with pytest.raises(Forbidden):
            adjusting.ask(who, draft(5))
        with pytest.raises(Forbidden):
            adjusting.approve(who, 1)
    for wrong in (
        draft(0),
        draft(5, name="Nobody"),
        draft(5, name="Sam"),
        draft(5, reason=" "),
        draft(100_001),
    ):
        with pytest.raises(Invalid):
            adjusting.ask(max_, wrong)
    with pytest.raises(NotFound):
        adjusting.approve(max_, 99)
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_two_who_decide_at_once_book_one_line(app, max_, root, ben, in_threads, points):
    adjusting.ask(max_, draft(500))
    wanted = last_id()

    def decide(number):
        return adjusting.approve(root, wanted) if number % 2 else adjusting.refuse(root, wanted)

    found = in_threads(4, decide)
    assert points(ben) in ((500, 500), (0, 0))
    assert sum(one is True for one in found) == 1


def test_small_ones_at_once_add_up(app, max_, ben, in_threads, points):
    found = in_threads(4, lambda n: adjusting.ask(max_, draft(150, key=f"k{n}")))
    assert found.count(True) == 1
    assert points(ben) == (150, 150)


def test_the_page_keeps_what_was_typed(client, sign_in, max_, root, ben, points):
    sign_in(max_)
    form = {"member": "Ben", "reputation": "many", "spendable": "", "reason": "A talk", "key": "x"}
    refused = client.post("/en/desk/points/by-hand", data=form)
    assert refused.status_code == 422
    assert 'value="many"' in refused.get_data(as_text=True)
    assert client.post("/en/desk/points/by-hand", data={**form, "reputation": "300"}).status_code == 303
    wanted = last_id()
    assert client.post(f"/en/desk/points/by-hand/{wanted}/approve").status_code == 409
    sign_in(root)
    assert "A talk" in client.get("/en/desk/points/by-hand").get_data(as_text=True)
    assert client.post(f"/en/desk/points/by-hand/{wanted}/approve").status_code == 303
    assert points(ben) == (300, 0)
