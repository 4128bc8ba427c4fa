"""One act, one transaction."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest
from sqlalchemy import event, func, select

from common import audit
from common.db import db, insert_once, update_where
from common.freshness import touch, versions
from common.permissions import SYSTEM
from common.unit_of_work import _handlers, record, subscribe, unit_of_work


@dataclass(frozen=True)
class Rang:
    number: int


@pytest.fixture
def heard(app):
    seen = []
    handler = seen.append
    subscribe(Rang, handler)
    yield seen
    _handlers.pop(Rang)


def test_facts_reach_their_handlers_before_the_commit(heard):
    with unit_of_work():
        record(Rang(1))
        assert heard == []
    assert heard == [Rang(1)]


def test_a_failing_act_leaves_no_trace_and_tells_nobody(heard):
    with pytest.raises(RuntimeError), unit_of_work():
        touch("thing")
        record(Rang(1))
        raise RuntimeError
    assert heard == []
    assert versions("thing") == (0,)


def test_a_failing_handler_rolls_back_the_whole_act(app, heard):
    def explode(_fact):
        raise ValueError("no")

    subscribe(Rang, explode)
    with pytest.raises(ValueError), unit_of_work():
        touch("thing")
        record(Rang(1))
    assert versions("thing") == (0,)


def test_an_inner_unit_of_work_joins_the_outer_one(app):
    with pytest.raises(RuntimeError), unit_of_work():
        with unit_of_work():
            touch("thing")
        raise RuntimeError
    assert versions("thing") == (0,)


def test_a_fact_outside_a_unit_of_work_is_refused(app):
    with pytest.raises(RuntimeError):
        record(Rang(1))


def test_the_audit_trail_holds_and_notices_a_forged_row(app):
    for number in range(3):
        with unit_of_work():
            audit.write(SYSTEM, "test", "thing", number, before=None, after={"n": number})
    assert audit.verify() is None
    with pytest.raises(Exception, match="append-only"), unit_of_work():
        update_where(audit.AuditEntry, audit.AuditEntry.target_id == "1", reason="forged")
    assert audit.verify() is None
    assert db.session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 3


def test_a_question_can_be_stored(make_question, ada):
    from forum.questions.models import Post, Question

    first = make_question(ada)
    question = db.session.get(Question, first)
    assert question.slug and question.body_html.startswith("<p>")
    assert db.session.get(Post, first) is question


def test_inserting_once_says_whether_it_did(app):
    from forum.questions.models import Tag

    with unit_of_work():
        assert insert_once(Tag, key="a", label="A") is not None
        assert insert_once(Tag, key="a", label="B") is None


@pytest.fixture
def impatient(app):
    """SQLite that does not wait for a lock at all."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has many writers at a time")

    def at_once(raw, _record, _proxy):
        raw.execute("PRAGMA busy_timeout=0").close()

    def patient_again(raw, _record):
        raw.execute("PRAGMA busy_timeout=30000").close()

    event.listen(db.engine, "checkout", at_once)
    event.listen(db.engine, "checkin", patient_again)
    yield
    event.remove(db.engine, "checkout", at_once)
    event.remove(db.engine, "checkin", patient_again)


def _write_slowly(number):
    with unit_of_work():
        touch(f"thing {number}")
        time.sleep(0.01)


def test_those_who_write_wait_in_line(impatient, in_threads):
    assert in_threads(12, _write_slowly) == [None] * 12


def test_without_a_line_somebody_is_turned_away(impatient, in_threads, monkeypatch):
    monkeypatch.setattr("common.unit_of_work._turn", threading.Semaphore(12))
    assert any("locked" in str(one) for one in in_threads(12, _write_slowly))
