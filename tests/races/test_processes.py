"""Schedulers as processes of their own, as an installation runs them: each stage, alarm and period once, whoever is killed."""

from __future__ import annotations

import os
import signal
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from accounts.notifications.models import Notification
from common import clock, jobs
from common.db import db
from common.jobs import Job
from moderation.escalation import laddering
from moderation.escalation.models import Case, SlaEvent, StageRow
from moderation.escalation.sla_rules import ALARMS
from moderation.targets import checking
from tests.conftest import actor_named

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLOCKS = 20


def in_processes(count, work):
    """Do the same in so many processes, which begin at one moment; returns how each ended (a signal below nought)."""
    db.session.remove()
    db.engine.dispose()  # a connection belongs to the process that opened it
    waits, begin = os.pipe()
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            os.close(begin)
            os.read(waits, 1)
            ended = 99
            try:
                ended = work(number) or 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(ended)
        children.append(child)
    os.close(begin)
    os.close(waits)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def asked(at, make_question, count):
    at(MONDAY)
    return [
        make_question(actor_named("ada"), title=f"Thing number {n} is broken once more") for n in range(count)
    ]


def sweep_all(_number):
    while laddering.sweep():
        pass


def die_at(statement):
    """From here on this process is killed at its so-many-th statement."""
    left = [statement]

    def count(*_more):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)


def each_once(ids):
    """Every stage and alarm of these clocks is there once, and nobody was told anything twice."""
    stages = db.session.execute(select(StageRow.question_id, StageRow.stage)).all()
    alarms = db.session.execute(
        select(SlaEvent.question_id, SlaEvent.metric, SlaEvent.instance, SlaEvent.type).where(
            SlaEvent.type.in_(ALARMS)
        )
    ).all()
    told = db.session.execute(select(Notification.member_id, Notification.kind, Notification.cause)).all()
    assert len(stages) == len(set(stages)) == 7 * len(ids)
    assert len(alarms) == len(set(alarms)) == 6 * len(ids)
    assert len(told) == len(set(told))
    assert db.session.scalar(select(db.func.count(Case.id))) == len(ids)
    assert checking.faults() == []


@pytest.mark.parametrize("schedulers", [2, 4])
def test_schedulers_of_their_own_do_each_step_once(app, at, make_question, schedulers):
    ids = asked(at, make_question, CLOCKS)
    at(MONDAY + timedelta(days=9))
    assert in_processes(schedulers, sweep_all) == [0] * schedulers
    each_once(ids)


def test_schedulers_that_are_killed_lose_nothing_and_double_nothing(app, at, make_question):
    ids = asked(at, make_question, 6)
    at(MONDAY + timedelta(days=9))

    def swept_until_killed(number):
        die_at(8 + 12 * number)
        return sweep_all(number)

    ended = in_processes(3, swept_until_killed)
    assert -signal.SIGKILL in ended and not {1, 99} & set(ended)
    sweep_all(0)
    each_once(ids)


@pytest.fixture
def nightly(app, at):
    """Only one work comes back: once a day. It is killed in it by itself, in a process that was told so."""
    at(MONDAY)
    others, began, deadly = dict(jobs._periodic), [], []

    def run():
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        began.append(clock.now())

    jobs._periodic.clear()
    jobs._periodic["test.night"] = jobs.Periodic("test.night", timedelta(days=1), run)
    yield began, deadly
    jobs._periodic.clear()
    jobs._periodic.update(others)


def test_of_four_schedulers_one_has_the_period(nightly):
    assert sum(in_processes(4, lambda _n: jobs.run_due_periodics())) == 1


def test_a_period_whose_worker_was_killed_is_another_ones(nightly, at):
    began, deadly = nightly

    def killed(_number):
        deadly.append(True)
        jobs.run_due_periodics()

    assert in_processes(1, killed) == [-signal.SIGKILL]
    assert jobs.run_due_periodics() == 0 and began == [], "it is that one's still"
    at(jobs.LONG_LEASE + timedelta(seconds=1))
    assert jobs.run_due_jobs() == 1 and len(began) == 1


def test_work_that_kills_every_worker_is_parked_with_a_sentence(nightly, at, monkeypatch):
    _began, deadly = nightly
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 3)
    deadly.append(True)
    assert in_processes(1, lambda _n: jobs.run_due_periodics()) == [-signal.SIGKILL]
    for _ in range(2):
        at(jobs.LONG_LEASE + timedelta(seconds=1))
        assert in_processes(1, lambda _n: jobs.run_due_jobs()) == [-signal.SIGKILL]
    at(jobs.LONG_LEASE + timedelta(seconds=1))
    assert in_processes(1, lambda _n: jobs.run_due_jobs()) == [0]
    row = db.session.scalar(select(Job))
    assert row.parked_at is not None and "worker died in it" in row.last_error and row.attempts == 3
