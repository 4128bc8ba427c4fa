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


def test_a_job_that_kills_its_worker_is_parked_and_those_beside_it_are_done(work, at):
    at(clock.now())
    for n in range(3):
        put(n, kind="test.many")
    worst = min(job_id for job_id, _kind, _payload in jobs._claim("a worker that dies"))
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        at(jobs.LEASE + timedelta(seconds=1))
        taken = jobs._claim("another one that dies")
        assert [job_id for job_id, _kind, _payload in taken] == [worst], "nothing else is drawn into it"
        jobs.run_due_jobs()
    assert sorted(work) == [[1], [2]]
    at(jobs.LEASE + timedelta(seconds=1))
    assert jobs.run_due_jobs() == 0 and not jobs.run_one("one more")
    row = db.session.get(Job, worst, populate_existing=True)
    assert row.parked_at is not None and "worker died" in row.last_error
    assert jobs.counts()["parked"] == 1 and jobs.parked_payloads("test.many", 5) == [{"n": 0}]


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


@pytest.fixture
def nightly(app, at):
    """Work of once a day, in the middle of its day: how often it began, and how it is to end."""
    at(clock.now())
    began, ends = [], []

    def run():
        began.append(clock.now())
        if ends and (end := ends.pop(0)) is not None:
            raise end

    others = dict(jobs._periodic)
    jobs._periodic.clear()
    jobs._periodic["test.night"] = jobs.Periodic("test.night", timedelta(days=1), run)
    yield began, ends
    jobs._periodic.clear()
    jobs._periodic.update(others)


class Killed(BaseException):
    """What nothing catches: the process is gone."""


def test_periodic_work_whose_worker_dies_is_taken_up_by_another(nightly, at):
    began, ends = nightly
    ends.append(Killed())
    with pytest.raises(Killed):
        jobs.run_due_periodics()
    assert jobs.run_due_periodics() == 0 and jobs.run_due_jobs() == 0, "the lease holds"
    at(jobs.LONG_LEASE + timedelta(seconds=1))
    assert jobs.run_due_jobs() == 1 and len(began) == 2
    assert jobs.run_due_jobs() == 0 and jobs.run_due_periodics() == 0, "once more, then it is done"


def test_periodic_work_that_failed_is_tried_again_while_its_period_lasts(nightly, at):
    began, ends = nightly
    ends.append(ValueError("no room on the disk"))
    jobs.run_due_periodics()
    row = db.session.scalar(select(Job).where(Job.kind == jobs.PERIODIC))
    assert (row.done_at, row.parked_at) == (None, None) and "no room" in row.last_error
    at(timedelta(minutes=1))
    assert jobs.run_due_jobs() == 1 and len(began) == 2


def test_what_was_left_of_a_period_that_is_over_is_not_done_twice(nightly, at):
    began, ends = nightly
    ends.append(Killed())
    with pytest.raises(Killed):
        jobs.run_due_periodics()
    at(timedelta(days=1))
    assert jobs.run_due_periodics() == 1
    jobs.run_due_jobs()
    assert len(began) == 2
    assert set(db.session.scalars(select(Job.done_at.is_not(None)))) == {True}


def test_periodic_work_that_is_done_when_it_is_claimed_would_be_caught(nightly, at):
    """The twin: its row is done at once, as it was before, and nobody takes up what the dying worker left."""
    began, ends = nightly
    ends.append(Killed())
    with pytest.raises(Killed):
        jobs.run_due_periodics()
    with unit_of_work():
        db.session.execute(db.update(Job).values(done_at=clock.now(), lease_until=None))
    at(jobs.LONG_LEASE + timedelta(seconds=1))
    assert jobs.run_due_jobs() == 0 and len(began) == 1


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
