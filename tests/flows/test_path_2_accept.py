"""Path 2: the asker accepts; the helper earns points and hears of it; undoing takes all of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common.db import db
from forum.questions import publishing
from forum.questions.models import Question
from forum.questions.rules import HelpState
from forum.reactions.following import follow_question
from tests.conftest import START
from tests.flows.conftest import text_of

TITLE = "The drum stays full of water"


@pytest.fixture
def thread(ada, ben, make_question, make_answer, at, drain):
    """A question of ada with an answer of ben, two hours later, and nothing left to do."""
    at(START)
    question = make_question(ada, title=TITLE)
    at(timedelta(hours=2))
    answer = make_answer(ben, question)
    drain()
    return question, answer


def points(actor):
    return db.session.get(Member, actor.member_id).points


def heard(actor):
    mine = db.session.query(Notification).filter_by(member_id=actor.member_id, withdrawn_at=None)
    return [news.kind for news in mine.order_by(Notification.id)]


def test_accepting_pays_tells_and_shows(ada, ben, cleo, thread, client, sign_in, drain, sink, at):
    question, answer = thread
    follow_question(cleo, question)
    before = points(ben), points(ada)
    sign_in(ada)
    at(timedelta(minutes=1))
    done = client.post(f"/en/questions/{question}/accept?answer={answer}", data={"answer": answer})
    assert done.status_code == 303
    solved = db.session.get(Question, question)
    assert (solved.accepted_answer_id, solved.help_state) == (answer, HelpState.SOLVED)
    assert points(ben) == before[0] + 25
    assert points(ada) == before[1] + 2 + 4  # and once in a lifetime, for the first acceptance
    drain()
    assert "answer-accepted" in heard(ben) and "question-solved" in heard(cleo)
    at(timedelta(days=1, hours=1))
    drain()
    assert any("solution" in text_of(mail) for mail in sink.to("ben@example.com"))
    assert any(TITLE in mail["Subject"] for mail in sink.to("cleo@example.com"))
    page = client.application.test_client().get(f"/en/questions/{question}", follow_redirects=True).text
    assert "Accepted solution" in page or "accepted" in page


def test_unaccepting_takes_everything_back(ada, ben, thread, client, sign_in, drain):
    question, answer = thread
    before = points(ben), points(ada)
    sign_in(ada)
    client.post(f"/en/questions/{question}/accept", data={"answer": answer})
    client.post(f"/en/questions/{question}/unaccept", data={"on": answer})
    drain()
    assert points(ben) == before[0]
    assert points(ada) == before[1] + 4  # the first acceptance is paid once in a lifetime and stays
    assert db.session.get(Question, question).help_state == HelpState.ANSWERED
    assert "answer-accepted" not in heard(ben)


def test_removing_the_solution_takes_everything_back_and_restoring_gives_it_again(
    ada, ben, mo, thread, client, sign_in, drain
):
    question, answer = thread
    sign_in(ada)
    client.post(f"/en/questions/{question}/accept", data={"answer": answer})
    paid = points(ben), points(ada)
    publishing.remove(mo, answer)
    drain()
    assert points(ben) <= paid[0] - 25 and points(ada) <= paid[1] - 2
    assert db.session.get(Question, question).help_state == HelpState.OPEN
    publishing.restore(mo, answer)
    drain()
    assert (points(ben), points(ada)) == paid
    assert db.session.get(Question, question).help_state == HelpState.SOLVED


def test_accepting_again_and_again_pays_once(ada, ben, thread, client, sign_in):
    question, answer = thread
    sign_in(ada)
    for _ in range(3):
        client.post(f"/en/questions/{question}/accept", data={"answer": answer})
    once = points(ben)
    client.post(f"/en/questions/{question}/accept", data={"answer": answer})
    assert points(ben) == once


def test_an_own_solution_pays_nothing(ada, make_question, make_answer, client, sign_in, at):
    at(START)
    question = make_question(ada, title=TITLE)
    answer = make_answer(ada, question)
    before = points(ada)
    sign_in(ada)
    client.post(f"/en/questions/{question}/accept", data={"answer": answer})
    assert db.session.get(Question, question).accepted_answer_id == answer
    assert points(ada) == before


def test_a_stranger_does_not_accept(ben, cleo, thread, client, sign_in):
    question, answer = thread
    sign_in(cleo)
    assert client.post(f"/en/questions/{question}/accept", data={"answer": answer}).status_code == 403
    assert db.session.get(Question, question).accepted_answer_id is None
