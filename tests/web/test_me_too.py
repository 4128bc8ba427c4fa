"""Me too: without an account, through signing in, with the box that remembers; and a solution that is taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import session

from accounts import visits
from accounts.signin.sessions import Origin, begin
from common.db import db, update_where
from common.errors import Conflict, NotFound
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Question, VisitorMeToo
from forum.questions.rules import CloseReason
from forum.reactions import visiting
from forum.reactions.following import follows
from forum.solutions.accepting import accept_answer
from forum.solutions.closing import close_question
from forum.solutions.counting import recount_people
from forum.solutions.drift import drifts
from tests.conftest import START


@pytest.fixture(autouse=True)
def _in_the_morning(app, at):
    at(START + timedelta(hours=1))


def counts(question_id) -> tuple[int, int]:
    row = db.session.get(Question, question_id, populate_existing=True)
    found = row.me_too_count, row.visitor_me_too_count
    db.session.rollback()
    return found


def press(browser, question_id, on="1", **more):
    return browser.post(f"/en/questions/{question_id}/me-too", data={"on": on, **more})


def test_a_visitor_has_the_same_problem_once_and_takes_it_back(client, ada, make_question):
    question_id = make_question(ada)
    page = client.get(f"/en/questions/{question_id}/", follow_redirects=True).text
    assert f'href="/en/questions/{question_id}/me-too" data-act="1"' in page
    assert 'name="on" value="1"' in client.get(f"/en/questions/{question_id}/me-too").text
    assert counts(question_id) == (0, 0)
    for _again in range(2):
        assert press(client, question_id).headers["Location"] == f"/en/questions/{question_id}/me-too"
    assert counts(question_id) == (0, 1) and list(drifts()) == []
    assert (
        "1 person has the same problem"
        in client.get(f"/en/questions/{question_id}/", follow_redirects=True).text
    )
    after = client.get(f"/en/questions/{question_id}/me-too").text
    assert f"/en/sign-in?next=/en/questions/{question_id}/me-too" in after and 'value="0"' in after
    for _again in range(2):
        press(client, question_id, on="0")
    assert counts(question_id) == (0, 0) and db.session.query(VisitorMeToo).count() == 0


def test_who_said_it_before_signing_in_is_counted_once(client, sign_in, ben, ada, make_question):
    question_id = make_question(ada)
    press(client, question_id)
    press(sign_in(ben), question_id, also="1")
    assert counts(question_id) == (1, 0) and follows(ben, question_id)


def test_signing_in_keeps_the_name_that_counts_and_nothing_else(app, ben):
    with unit_of_work():
        secret = begin(ben.member_id, Origin("127.0.0.1", "tests"))
    with app.test_request_context():
        session.update({visits.READER: "abc", "planted": "1", "csrf_token": "theirs"})
        assert visits.enter(secret)
        assert session[visits.READER] == "abc" and "planted" not in session and "csrf_token" not in session


def test_a_visitor_presses_six_times_a_day_at_most(client, ada, make_question):
    question_id = make_question(ada)
    answers = [press(client, question_id, on=str(n % 2)).status_code for n in range(7)]
    assert answers == [303] * 6 + [429]


def test_what_is_hidden_or_closed_takes_no_visitor(ada, sam, mo, make_question):
    question_id = make_question(ada)
    publishing.hide(mo, question_id)
    with pytest.raises(NotFound):
        visiting.say(question_id, "browser")
    publishing.restore(mo, question_id)
    close_question(sam, question_id, CloseReason.OFF_TOPIC)
    with pytest.raises(Conflict):
        visiting.say(question_id, "browser")


def test_a_wrong_count_of_visitors_is_found_and_put_right(ada, make_question):
    question_id = make_question(ada)
    visiting.say(question_id, "browser")
    with unit_of_work():
        update_where(Question, Question.id == question_id, visitor_me_too_count=7)
    assert [one.what for one in drifts()] == ["question.visitor_me_too_count"]
    with unit_of_work():
        recount_people(question_id)
    assert counts(question_id) == (0, 1)


def test_the_box_beside_me_too_stands_as_it_was_left(client, sign_in, ada, ben, make_question):
    first, second = make_question(ada), make_question(ada, title="The drum does not turn any more")
    box = re.compile(r'<input type="checkbox" name="also" value="1"[^>]*?( checked)?>')

    def ticked(question_id) -> bool:
        return bool(box.search(client.get(f"/en/questions/{question_id}/", follow_redirects=True).text)[1])

    sign_in(ben)
    assert ticked(first) and ticked(second)
    press(client, first)
    assert not follows(ben, first) and not ticked(second)
    assert "checked" not in client.get(f"/en/questions/{second}/me-too").text
    press(client, second, also="1")
    assert follows(ben, second) and counts(second) == (1, 0)
    press(client, first, on="0")
    assert ticked(first)


# --- a solution accepted and taken back ------------------------------------------------------------------------


def toast(page: str) -> str:
    found = re.search(r'<div class="toast" data-toast>.*?</form></div>', page, re.S)
    return found[0] if found else ""


def test_the_asker_takes_an_acceptance_back_from_its_message(
    client, sign_in, ada, ben, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id, other_id = make_answer(ben, question_id), make_answer(ben, question_id)
    sign_in(ada)
    accept = f"/en/questions/{question_id}/accept?answer="
    shown = toast(client.post(f"{accept}{answer_id}", data={"on": answer_id}, follow_redirects=True).text)
    assert "Solution accepted." in shown and f'action="/en/questions/{question_id}/unaccept"' in shown
    again = client.post(f"{accept}{answer_id}", data={"on": answer_id}, follow_redirects=True).text
    assert not toast(again)
    instead = client.post(f"{accept}{other_id}&replace=1", data={"on": other_id}, follow_redirects=True).text
    back = re.search(r'action="([^"]+)"', toast(instead))[1].replace("&amp;", "&")
    client.post(back)
    assert db.session.get(Question, question_id, populate_existing=True).accepted_answer_id == answer_id
    client.post(f"/en/questions/{question_id}/unaccept")
    assert db.session.get(Question, question_id, populate_existing=True).accepted_answer_id is None


def test_the_team_gets_no_such_message(client, sign_in, ada, ben, mo, at, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    at(timedelta(days=30))
    sign_in(mo)
    data = {"on": answer_id, f"reason-{answer_id}": "It names the part that broke"}
    page = client.post(
        f"/en/questions/{question_id}/accept?answer={answer_id}", data=data, follow_redirects=True
    )
    assert page.status_code == 200 and not toast(page.text)
    assert accept_answer(ada, question_id, answer_id)
