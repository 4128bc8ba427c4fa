"""Jobs: at least once, in order of need, never jammed by a bad one, once per period."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common import clock, jobs
from common.db import db
from common.jobs import Job
from common.unit_of_work import unit_of_work


@pytest.fixture
def work(app):
    """Two kinds of job, and what they did."""
    done: list = []
    jobs._kinds["test.one"] = jobs.Kind("test.one", lambda payload: done.append(payload["n"]), batch=False)
    jobs._kinds["test.many"] = jobs.Kind(
        "test.many", lambda payloads: done.append([p["n"] for p in payloads]), batch=True
    )
    yield done
    del jobs._kinds["test.one"], jobs._kinds["test.many"]


def put(n, kind="test.one", **more):
    with unit_of_work():
        return jobs.enqueue(kind, {"n": n}, **more)


def test_a_job_runs_once_and_is_done(work):
    put(1)
    assert jobs.run_due_jobs() == 1
    assert jobs.run_due_jobs() == 0
    assert work == [1]


def test_a_job_of_an_act_that_failed_does_not_exist(work):
    with pytest.raises(RuntimeError), unit_of_work():
        jobs.enqueue("test.one", {"n": 1})
        raise RuntimeError
    assert jobs.run_due_jobs() == 0


def test_a_unique_key_makes_it_happen_once(work):
    assert put(1, unique_key="a")
    assert not put(2, unique_key="a")
    jobs.run_due_jobs()
    assert not put(3, unique_key="a")
    assert work == [1]


def test_a_later_job_waits_for_its_time(work, at):
    at(clock.now())
    put(1, run_at=clock.now() + timedelta(hours=1))
    assert jobs.run_due_jobs() == 0
    at(timedelta(hours=1, seconds=1))
    assert jobs.run_due_jobs() == 1


def test_a_batch_takes_all_that_waits(work):
    for n in range(5):
        put(n, kind="test.many")
    assert jobs.run_due_jobs() == 1
    assert work == [[0, 1, 2, 3, 4]]


def test_a_failing_job_comes_back_later_and_is_parked_in_the_end(work, at):
    at(clock.now())

    def fail(_payload):
        raise ValueError("broken far end")

    jobs._kinds["test.one"] = jobs.Kind("test.one", fail, batch=False)
    put(1)
    put(2, kind="test.many")
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run_due_jobs()
        at(timedelta(hours=2))
    assert work == [[2]], "the other one was not jammed"
    row = db.session.scalar(select(Job).where(Job.kind == "test.one"))
    assert row.parked_at is not None
    assert "broken far end" in row.last_error
    assert jobs.counts()["parked"] == 1


def test_a_killed_worker_loses_nothing(work, at):
    at(clock.now())
    put(1)
    assert jobs._claim("a worker that dies")
    assert jobs.run_due_jobs() == 0, "the lease holds"
    at(jobs.LEASE + timedelta(seconds=1))
    assert jobs.run_due_jobs() == 1
    assert work == [1]


def test_fifty_workers_share_the_work_and_nothing_runs_twice(work, in_threads):
    for n in range(60):
        put(n)
    in_threads(10, lambda number: [jobs.run_one(f"w{number}") for _ in range(30)])
    jobs.run_due_jobs()
    assert sorted(work) == list(range(60))


def test_periodic_work_is_done_once_a_period(app, at):
    at(clock.now())
    ran = []
    jobs._periodic["test.tick"] = jobs.Periodic(
        "test.tick", timedelta(minutes=10), lambda: ran.append(clock.now())
    )
    try:
        for _ in range(3):
            jobs.run_due_periodics()
        at(timedelta(minutes=10))
        jobs.run_due_periodics()
    finally:
        del jobs._periodic["test.tick"]
    assert len(ran) == 2


def test_a_job_can_be_taken_back_before_it_begins(work):
    put(1, unique_key="mail:1")
    with unit_of_work():
        assert jobs.cancel("mail:1")
    assert jobs.run_due_jobs() == 0
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_an_unknown_kind_is_refused_when_it_is_written(app):
    with pytest.raises(LookupError), unit_of_work():
        jobs.enqueue("nobody.knows", {})


@pytest.fixture
def tick(app):
    """Work of every fifteen seconds, which notes when it ran."""
    ran = []
    jobs._periodic["test.tick"] = jobs.Periodic(
        "test.tick", timedelta(seconds=15), lambda: ran.append(clock.now())
    )
    yield ran
    del jobs._periodic["test.tick"]


def test_a_long_work_gives_way_between_two_pieces(tick, at):
    at(clock.now())
    jobs.give_way()
    assert tick == [], "outside a worker nothing waits for it"
    token = jobs._giving.set({})
    try:
        for _ in range(3):
            jobs.give_way()
        at(timedelta(seconds=15))
        with unit_of_work():
            jobs.give_way()
        assert len(tick) == 1, "once a period, and never in the middle of an act"
        jobs.give_way()
    finally:
        jobs._giving.reset(token)
    assert len(tick) == 2
