"""Sweeps of questions: nobody is left out behind a crowd, after a pause of the worker, or behind a row that fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.models import Question
from forum.questions.rules import ReplyKind
from forum.solutions import sweeping, walking
from forum.solutions.counting import recount

DAY = timedelta(days=1)
HELP = "Unplug it, open the small hatch and clean the filter."
ASK = "Which model is it, please, and since when?"


@pytest.fixture
def crowd(app, at, ada, make_question):
    """Five questions of one asker, and batches of two."""
    walking.BATCH, before = 2, walking.BATCH
    yield [make_question(ada, title=f"Question number {number}") for number in range(5)]
    walking.BATCH = before


def checks():
    """How often each asker was asked whether it is solved, by question."""
    return list(db.session.scalars(select(Question.check_count).order_by(Question.id)))


def test_who_was_reminded_already_keeps_nobody_waiting(crowd, cleo, at, heard, ada):
    for question in crowd[:4]:
        at(timedelta(minutes=1))
        answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    at(7 * DAY)
    assert sweeping.tend_waiting() == 4
    answer_question(cleo, crowd[4], body=ASK, kind=ReplyKind.NEEDS_INFO)
    with unit_of_work():  # the youngest question was asked as long ago as the others, and not yet reminded
        update_where(Question, Question.id == crowd[4], info_asked_at=db.session.scalar(
            select(Question.info_asked_at).where(Question.id == crowd[0])
        ))  # fmt: skip
    assert sweeping.tend_waiting() == 1 and sweeping.tend_waiting() == 0
    assert len(heard(ada, "details-reminder")) == 5


def test_a_worker_that_was_down_asks_late_and_once(crowd, ben, at, heard, ada):
    for question in crowd:
        at(timedelta(minutes=1))
        answer_question(ben, question, body=HELP)
    at(5 * DAY)
    assert sweeping.ask_whether_solved() == 5 and sweeping.ask_whether_solved() == 0
    assert checks() == [1] * 5
    at(5 * DAY)
    assert sweeping.ask_whether_solved() == 5 and sweeping.ask_whether_solved() == 0
    assert checks() == [2] * 5 and len(heard(ada, "resolved-check")) == 10


def test_a_worker_that_was_down_past_both_days_asks_once(crowd, ben, at, heard, ada):
    answer_question(ben, crowd[0], body=HELP)
    at(9 * DAY)
    assert sweeping.ask_whether_solved() == 1 and sweeping.ask_whether_solved() == 0
    assert len(heard(ada, "resolved-check")) == 1


def test_after_two_weeks_nobody_is_asked(crowd, ben, at, heard, ada):
    answer_question(ben, crowd[0], body=HELP)
    at(14 * DAY)
    assert sweeping.ask_whether_solved() == 0 and heard(ada, "resolved-check") == []


def test_another_first_answer_is_asked_about_anew(crowd, ben, cleo, mo, at, heard, ada):
    first = answer_question(ben, crowd[0], body=HELP).id
    at(DAY)
    answer_question(cleo, crowd[0], body=f"{HELP} Twice a year.")
    at(DAY)
    assert sweeping.ask_whether_solved() == 1
    publishing.remove(mo, first)
    assert checks()[0] == 0 and sweeping.ask_whether_solved() == 0
    at(DAY)
    assert sweeping.ask_whether_solved() == 1
    with unit_of_work():
        recount(crowd[0])
    assert checks()[0] == 1, "counting anew asks nobody again"


def test_one_that_fails_holds_nobody_up(crowd, ben, at, heard, ada, monkeypatch, caplog):
    for question in crowd:
        at(timedelta(minutes=1))
        answer_question(ben, question, body=HELP)
    at(2 * DAY)
    truly = sweeping.asking_back.ask_whether_solved

    def fails(question_id, *more):
        if question_id == crowd[1]:
            raise RuntimeError("a stuck row")
        return truly(question_id, *more)

    monkeypatch.setattr(sweeping.asking_back, "ask_whether_solved", fails)
    assert sweeping.ask_whether_solved() == 4
    assert f"question {crowd[1]} could not be settled" in caplog.text
    assert checks() == [1, 0, 1, 1, 1], "what failed left no trace"
    monkeypatch.undo()
    assert sweeping.ask_whether_solved() == 1 and len(heard(ada, "resolved-check")) == 5
