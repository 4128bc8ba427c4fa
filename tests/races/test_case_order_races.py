"""One order everywhere: texts, the line of the same reply, the question, the version of its page, the ladder, agents' desks, the case. Each verb is watched
as it takes them, and many verbs at once never wait for each other in a circle."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from common import clock
from common.db import db, update_where
from common.errors import Refusal
from common.unit_of_work import is_busy, unit_of_work
from forum.questions.commenting import comment_on
from moderation.escalation import cases, casework, laddering
from moderation.escalation.models import Case, Ladder
from moderation.escalation.rules import CaseState, HandBackReason
from moderation.routing import applying, assigning, returning
from moderation.routing.ordering import founding
from tests.conftest import actor_named
from tests.races.test_escalation_races import crowd

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORDER = ("same_reply", "question", "content_version", "ladder", "agent_desk", "support_case")
TAKES = re.compile(
    r"^(?:UPDATE|INSERT INTO) (\w+)|^SELECT question\.id\s+FROM (question)\s+WHERE question\.id = \S+(?: FOR UPDATE)?$"
    r"|^SELECT (?:ladder|support_case)\.[^;]*FROM (ladder|support_case)\s+WHERE \w+\.question_id IN [^;]*ORDER BY \w+\.\w*id(?: FOR UPDATE.*)?$"
)
"""SQLite locks the whole, so that what PostgreSQL is asked to hold is only read there."""


@pytest.fixture
def waiting(app, at, make_question):
    """So many cases in the queue, with the usual teams."""

    def make(count=1):
        founding.found_usual(actor_named("max"))
        at(MONDAY)
        ids = [
            make_question(actor_named("ada"), title=f"Thing number {n} is broken once more")
            for n in range(count)
        ]
        at(MONDAY + timedelta(hours=4, minutes=1))
        laddering.sweep()
        return [casework.case_of(one, 1).id for one in ids]

    return make


def taken_by(act):
    """The tables in which each transaction of an act takes rows, each once, in the order of the first time."""
    seen = [[]]

    def note(_c, _cursor, statement, values, *_more):
        found = TAKES.match(statement)
        table = found and found.group(found.lastindex)
        if table == "content_version" and "replies:" in str(values):
            table = "same_reply"
        if table in ORDER and table not in seen[-1]:
            seen[-1].append(table)

    def done(_c):
        seen.append([])

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", done)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        event.remove(db.engine, "commit", done)
    return [tables for tables in seen if tables]


def in_order(transactions):
    return all(tables == sorted(tables, key=ORDER.index) for tables in transactions)


def state_of(case_id):
    return db.session.get(Case, case_id, populate_existing=True)


def asked_for_details(case_id, sam):
    cases.take(sam, case_id)
    cases.wait_for_asker(sam, case_id, "Which model is it exactly, please?")


def acts(case_id, question_id, at):
    """Every verb that moves a case, with what comes before it."""
    sam, ben = actor_named("sam"), actor_named("ben")
    other = crowd("agent", 1, first=1501)[0]

    def take():
        cases.take(sam, case_id)

    def ask():
        asked_for_details(case_id, sam)

    def away():
        update_where(Case, Case.id == case_id, assigned_at=MONDAY)

    def long_ago():
        ask()
        at(timedelta(days=20))

    reason = HandBackReason.OPINION
    return {
        "take": (lambda: None, take),
        "give to a colleague": (take, lambda: cases.assign(actor_named("max"), case_id, other.member_id)),
        "release": (take, lambda: cases.release(sam, case_id)),
        "release while waiting": (ask, lambda: cases.release(sam, case_id)),
        "ask the asker": (lambda: None, lambda: cases.wait_for_asker(sam, case_id, "Which model is it, please?")),
        "go on": (ask, lambda: cases.go_on(sam, case_id)),
        "hand back": (take, lambda: cases.hand_back(sam, case_id, reason)),
        "answer": (lambda: None, lambda: cases.answer_officially(sam, case_id, "Clean the small filter, then run it.")),
        "the asker replies": (ask, lambda: comment_on(actor_named("ada"), question_id, body="It is the W80 of 2024.")),
        "somebody is away": (ask, lambda: returning._return(case_id, sam.member_id, "returned")),
        "nobody opened it": (take, lambda: returning._return(case_id, sam.member_id, "returned")),
        "let rest": (long_ago, lambda: cases._let_rest(case_id)),
        "another team": (take, lambda: applying.reroute(sam, case_id, 4, "theirs")),
        "an agent is named": (lambda: assigning.note_here(sam), lambda: returning.assign_now(case_id)),
        "the clock names one": (lambda: (assigning.note_here(sam), at(MONDAY + timedelta(hours=5, minutes=1))), laddering.sweep),
        "the clock is late": (lambda: at(MONDAY + timedelta(days=3)), laddering.sweep),
        "a member answers": (lambda: None, lambda: cases.answer_question(ben, question_id, body="Unplug it and clean the filter behind the hatch.")),
    }  # fmt: skip


NAMES = (
    "take", "give to a colleague", "release", "release while waiting", "ask the asker", "go on", "hand back", "answer",
    "the asker replies", "somebody is away", "nobody opened it", "let rest", "another team", "an agent is named",
    "the clock names one", "the clock is late", "a member answers",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_everybody_takes_what_a_case_hangs_on_in_one_order(waiting, at, name):
    [case_id] = waiting()
    every = acts(case_id, state_of(case_id).question_id, at)
    assert set(every) == set(NAMES)
    before, act = every[name]
    before()
    version = state_of(case_id).version
    db.session.rollback()
    found = taken_by(act)
    assert in_order(found), f"{name}: {found}"
    assert any("ladder" in tables for tables in found) and (
        state_of(case_id).version != version or "clock" in name
    ), "it did something"


def test_a_verb_that_takes_the_case_first_is_seen(waiting):
    [case_id] = waiting()
    question_id = state_of(case_id).question_id

    def twin():
        with unit_of_work():
            update_where(Case, Case.id == case_id, version=Case.version + 1)
            update_where(Ladder, Ladder.question_id == question_id, version=Ladder.version + 1)

    assert not in_order(taken_by(twin))


def circles(results):
    return [one for one in results if isinstance(one, Exception) and is_busy(one)]


def test_many_verbs_at_once_never_wait_in_a_circle(waiting, in_threads, at):
    ids = waiting(4)
    questions = [state_of(one).question_id for one in ids]
    agents = crowd("agent", 4)
    for agent in agents:
        assigning.note_here(agent)
    at(MONDAY + timedelta(hours=8, minutes=1))
    ada = actor_named("ada")

    def act(number):
        failed = []
        for turn in range(6):
            case_id, agent = ids[(number + turn) % 4], agents[number % 4]
            verbs = (
                lambda: cases.take(agent, case_id),
                lambda: cases.release(agent, case_id),
                lambda: laddering.sweep(),
                lambda: cases.wait_for_asker(agent, case_id, f"Which model is it exactly, {number} {turn}?"),
                lambda: comment_on(
                    ada, questions[(number + turn) % 4], body=f"It is the W80, {number} {turn}."
                ),
                lambda: returning._return(case_id, agent.member_id, "returned"),
                lambda: applying.reroute(agent, case_id, 2 + turn % 3, "theirs"),
                lambda: returning.assign_now(case_id),
            )
            try:
                verbs[(number + turn) % len(verbs)]()
            except Refusal:
                db.session.rollback()
            except Exception as error:
                db.session.rollback()
                failed.append(error)
        return failed

    results = in_threads(8, act)
    found = [one for failed in results for one in (failed if isinstance(failed, list) else [failed])]
    assert not found, found
    assert all(state_of(one).state in CaseState for one in ids)


def test_a_circle_would_be_caught(waiting, in_threads):
    """The twin: one takes the case and then its ladder, the other the ladder first."""
    [case_id] = waiting()
    question_id = state_of(case_id).question_id
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one write at a time: nobody can wait in a circle")

    def rows():
        return (Case, Case.id == case_id), (Ladder, Ladder.question_id == question_id)

    def twin(number):
        with unit_of_work():
            for model, mine in rows() if number else reversed(rows()):
                update_where(model, mine, version=model.version + 1)
                time.sleep(0.2)

    assert circles(in_threads(2, twin)) and clock.now()
