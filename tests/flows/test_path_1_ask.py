"""Path 1: a question is asked; it is published with all that follows, or held and seen by its author only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from common.jobs import Job
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState
from forum.reactions.following import follows
from tests.conftest import START, stored_text
from tests.flows.conftest import text_of

TITLE = "The drum stays full of water"
BODY = "It stops eight minutes before the end and shows E18."


def ask(browser, **changes):
    typed = {"title": TITLE, "body": BODY, "category_id": "1", "language": "en", "step": "publish"} | changes
    return browser.post("/en/questions/ask", data=typed)


@pytest.fixture
def pre_moderated(app):
    """The category where everything is read first."""
    with unit_of_work():
        db.session.get(Category, 1).policy = "pre"


def the_question():
    return db.session.query(Question).one()


def test_a_question_is_asked_answered_and_heard_of(ada, ben, client, sign_in, drain, sink, at):
    at(START)
    sign_in(ada)
    assert ask(client).status_code in (302, 303)
    question_id = the_question().id
    assert follows(ada, question_id) and db.session.get(Category, 1).question_count == 1
    assert db.session.query(Job).filter_by(kind="search.index").count() >= 1
    drain()

    reader = client.application.test_client()
    page = reader.get(f"/en/questions/{question_id}", follow_redirects=True)
    assert page.status_code == 200 and TITLE in page.text
    assert TITLE in reader.get("/en/questions/").text
    assert f"/questions/{question_id}/" in reader.get("/en/search?q=drum").text

    at(timedelta(minutes=20))
    helper = client.application.test_client()
    sign_in(ben, helper)
    sent = helper.post(
        f"/en/questions/{question_id}/answers",
        data={"body": "Open the small hatch and clean the filter.", "follow": "1"},
    )
    assert sent.status_code == 303
    assert the_question().help_state == HelpState.ANSWERED
    at(timedelta(minutes=30))
    drain()
    (mail,) = sink.to("ada@example.com")
    assert TITLE in mail["Subject"] and "Ben answered" in text_of(mail)
    assert f"/en/questions/{question_id}" in text_of(mail)
    assert sink.to("ben@example.com") == []


def test_the_same_form_sent_twice_makes_one_question(ada, client, sign_in, at):
    at(START)
    sign_in(ada)
    first, second = ask(client), ask(client)
    assert first.status_code == second.status_code
    assert db.session.query(Question).count() == 1


def test_a_refused_form_keeps_what_was_typed(ada, client, sign_in):
    sign_in(ada)
    answer = ask(client, title="Short", body=BODY + " Please keep me.")
    assert answer.status_code == 422 and "Please keep me." in answer.text
    assert db.session.query(Question).count() == 0


def test_a_held_question_is_seen_by_its_author_only(ada, mo, client, sign_in, drain, sink, pre_moderated, at):
    at(START)
    sign_in(ada)
    ask(client)
    drain()
    question_id = the_question().id
    assert the_question().state == PostState.HELD
    address = f"/en/questions/{question_id}"
    assert client.get(address, follow_redirects=True).status_code == 200
    stranger = client.application.test_client()
    assert stranger.get(address, follow_redirects=True).status_code == 404
    assert TITLE not in stranger.get("/en/questions/").text + stranger.get("/en/search?q=drum").text
    assert db.session.get(Category, 1).question_count == 0 and not follows(ada, question_id)
    assert sink.mails == []


def test_personal_details_are_stored_nowhere(ada, client, sign_in, drain, at):
    at(START)
    sign_in(ada)
    ask(client, body=BODY + " Write to me at mireille.dupont@example.org or call 06 12 34 56 78.")
    drain()
    stored = stored_text()
    assert db.session.query(Post).count() == 1
    assert "mireille.dupont@example.org" not in stored and "06 12 34 56 78" not in stored
