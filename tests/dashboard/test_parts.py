"""The night's counts go in parts: the clocks have their turn in between, and a part that is done twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from common import jobs as house
from common.db import db
from common.jobs import Job
from common.unit_of_work import unit_of_work
from moderation.dashboard import jobs, queries, recounting
from moderation.hearing import jobs as hearing
from moderation.hearing import weighing
from moderation.hearing.models import HeardText
from moderation.themes import jobs as themes
from moderation.themes import reading
from moderation.themes.models import CountedNight, SaidInWeek
from tests.dashboard.test_dashboard import all_outcomes, filled  # noqa: F401 - a fixture


def rows(kind):
    return db.session.scalars(db.select(Job).where(Job.kind == kind).order_by(Job.id)).all()


@pytest.fixture
def by_two(monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    monkeypatch.setattr(weighing, "PIECE", 2)
    monkeypatch.setattr(reading, "PIECE", 2)


def test_a_count_goes_in_parts_and_says_the_same(filled, by_two, drain):  # noqa: F811
    before, last = all_outcomes(), queries.last_count()
    jobs.recount_all()
    assert len(rows("dashboard.part")) == 1, "the night only begins it"
    drain()
    assert len(rows("dashboard.part")) == 4 and all(one.done_at for one in rows("dashboard.part"))
    assert all_outcomes() == before
    now = queries.last_count()
    assert (now.questions, now.differing) == (last.questions, last.differing) == (5, 0)


def test_a_part_that_is_done_twice_asks_once_for_the_next(filled, by_two, drain):  # noqa: F811
    before = all_outcomes()
    jobs.recount_all()
    [first] = rows("dashboard.part")
    for _time in range(2):  # as after a worker that died before it could say that it was done
        jobs.count_part(first.payload)
    assert len(rows("dashboard.part")) == 2
    drain()
    assert all_outcomes() == before and queries.last_count().questions == 5


def test_a_part_that_asks_for_the_next_without_a_key_would_be_caught(filled, by_two, drain, monkeypatch):  # noqa: F811
    monkeypatch.setattr(jobs, "enqueue", lambda kind, payload, _key: house.enqueue(kind, payload))
    jobs.recount_all()
    [first] = rows("dashboard.part")
    for _time in range(2):
        jobs.count_part(first.payload)
    assert len(rows("dashboard.part")) > 2


def test_between_two_parts_the_clocks_have_their_turn(filled, by_two, drain, at, monkeypatch):  # noqa: F811
    drain()
    ran = []

    def sweep():
        ran.append(sum(one.done_at is not None for one in rows("dashboard.part")))

    clock_of_15_s = house.Periodic("test.clock", timedelta(seconds=15), sweep)
    monkeypatch.setattr(house, "_periodic", {"test.clock": clock_of_15_s})
    jobs.recount_all()
    while house.run_one("worker"):
        at(timedelta(seconds=15))
        house.run_due_periodics()
    assert ran == [1, 2, 3, 4]


def test_messages_are_weighed_in_parts_and_weigh_the_same(filled, by_two, drain):  # noqa: F811
    weighing.weigh()
    table = HeardText.__table__
    before = db.session.execute(db.select(table).order_by(table.c.post_id)).all()
    with unit_of_work():
        db.session.execute(db.delete(HeardText))
    hearing.weigh_messages()
    assert db.session.scalar(db.select(db.func.count()).select_from(HeardText)) == 0
    drain()
    assert db.session.execute(db.select(table).order_by(table.c.post_id)).all() == before and len(before) > 4
    assert len(rows("hearing.part")) > 2


def test_topics_are_counted_by_jobs_that_give_way(filled, by_two, drain):  # noqa: F811
    turns = []
    house._periodic["test.clock"] = house.Periodic(
        "test.clock", timedelta(seconds=15), lambda: turns.append(1)
    )
    token = house._giving.set({})
    try:
        themes.count_topics()
        drain()
    finally:
        house._giving.reset(token)
        del house._periodic["test.clock"]
    assert turns == [1], "once in its fifteen seconds"
    assert [one.kind for one in (*rows("themes.topics"), *rows("themes.weeks")) if one.done_at] == [
        "themes.topics",
        "themes.weeks",
    ]
    assert db.session.scalar(db.select(CountedNight.day)) == clock.now().date()
    assert db.session.scalar(db.select(db.func.count()).select_from(SaidInWeek)) > 0
