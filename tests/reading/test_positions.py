"""How far a member has read: what is new, the way to it, and that reading writes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db
from common.errors import Forbidden, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from forum.positions import marking
from forum.positions.models import ReadPosition
from forum.positions.queries import new_answers
from forum.positions.rules import Unread, seen_until
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.screening import Screening
from tests.conftest import START

HELP = "Unplug it, open the small hatch and clean the filter."


def position(member, question):
    return db.session.scalar(
        select(ReadPosition.seen_at).where(
            ReadPosition.member_id == member.member_id, ReadPosition.question_id == question
        )
    )


# --- the rule ---------------------------------------------------------------------------------------------------

AT = [START + timedelta(minutes=n) for n in range(5)]


@pytest.mark.parametrize(
    ("unread", "shown", "until"),
    [
        ([], {1}, None),
        ([Unread(1, AT[1])], {1}, AT[1]),
        ([Unread(1, AT[1])], {2}, None),
        ([Unread(1, AT[1]), Unread(2, AT[2]), Unread(3, AT[3])], {1, 3}, AT[1]),
        ([Unread(1, AT[1]), Unread(2, AT[2])], {2}, None),
        ([Unread(1, AT[1]), Unread(2, AT[1])], {1}, None),
        ([Unread(1, AT[1]), Unread(2, AT[2]), Unread(3, AT[2])], {1, 2}, AT[1]),
    ],
)
def test_a_page_reads_as_far_as_nothing_new_was_left_out(unread, shown, until):
    assert seen_until(AT[0], unread, shown, AT[4]) == until


def test_on_the_first_visit_nothing_is_new():
    assert seen_until(None, [], set(), AT[3]) == AT[3]


# --- the verb ---------------------------------------------------------------------------------------------------


def test_a_position_only_goes_forward_and_never_beyond_now(ben, question):
    assert marking.mark_read(ben, question, START + timedelta(minutes=5))
    assert not marking.mark_read(ben, question, START + timedelta(minutes=4))
    assert not marking.mark_read(ben, question, START + timedelta(minutes=5))
    assert marking.mark_read(ben, question, START + timedelta(days=400))
    assert position(ben, question) == START + timedelta(minutes=10)


def test_strangers_have_no_position_and_nobody_has_one_in_what_is_hidden(ben, question):
    with pytest.raises(Forbidden):
        marking.mark_read(ANONYMOUS, question)
    publishing.hide(SYSTEM, question)
    with pytest.raises(NotFound):
        marking.mark_read(ben, question)
    assert position(ben, question) is None


def test_who_writes_has_read_what_was_there(ada, ben, question, at):
    answer_question(ben, question, body=HELP)
    assert position(ben, question) == START + timedelta(minutes=10)
    assert position(ada, question) == START, "asking was the asker's last visit"


def test_old_positions_are_forgotten(ben, cleo, question, at):
    marking.mark_read(ben, question)
    at(timedelta(days=179))
    marking.mark_read(cleo, question)
    at(timedelta(days=2))
    marking.forget_old()
    assert position(ben, question) is None and position(cleo, question) is not None


# --- lists ------------------------------------------------------------------------------------------------------


def test_lists_count_new_answers_of_others(ada, ben, cleo, question, make_question, at):
    other = make_question(ada, title="Another question about the drum")
    at(timedelta(minutes=1))
    answer_question(ben, question, body=HELP)
    at(timedelta(minutes=1))
    answer_question(cleo, question, body=HELP + " And close it again.")
    answer_question(ada, question, body="In the end it was the hose behind the machine.")
    assert new_answers(ada, [question, other]) == {question: 2}
    assert new_answers(ben, [question, other]) == {question: 2}
    assert new_answers(ANONYMOUS, [question]) == {} == new_answers(ada, [])
    marking.mark_read(ada, question)
    assert new_answers(ada, [question]) == {}


def test_what_waits_for_a_review_is_new_when_it_is_published(ada, ben, question, at):
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("links",)))
    held = answer_question(ben, question, body=HELP).id
    marking.mark_read(ada, question)
    assert new_answers(ada, [question]) == {}
    at(timedelta(minutes=5))
    publishing.release(SYSTEM, held)
    assert new_answers(ada, [question]) == {question: 1}


def test_the_lists_say_so(ada, ben, question, sign_in, client, at):
    at(timedelta(minutes=1))
    answer_question(ben, question, body=HELP)
    sign_in(ada)
    for path in ("/en/", "/en/questions/", "/en/members/1/ada?tab=questions", "/en/categories/washing"):
        assert "1 new answer" in client.get(path).text, path
    assert "new answer" not in client.application.test_client().get("/en/questions/").text


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_leads_to_the_first_new_text(ada, ben, cleo, question, sign_in, client, at, path_of):
    first = answer_question(ben, question, body=HELP).id
    sign_in(ada)
    marking.mark_read(ada, question)
    assert "since your last visit" not in client.get(path_of(question)).text
    at(timedelta(minutes=5))
    comment = comment_on(cleo, first, body="The hatch is at the bottom right.").id
    at(timedelta(seconds=30))
    second = answer_question(cleo, question, body=HELP + " Then wait an hour.").id
    page = client.get(path_of(question)).text
    assert "2 new messages since your last visit" in page and f'href="#c-{comment}"' in page
    assert page.count('<span class="tag info">New</span>') == 2
    until = re.search(r'data-until="([^"]+)"', page)[1]
    gone = client.post(f"/en/questions/{question}/read", data={"until": until}, headers={"X-Fragment": "1"})
    assert gone.status_code == 204
    page = client.get(path_of(question)).text
    assert "since your last visit" not in page and "data-read" not in page and f'id="a-{second}"' in page


def test_without_scripts_a_button_marks_it_read(ada, ben, question, sign_in, client, at, path_of):
    at(timedelta(minutes=5))
    answer_question(ben, question, body=HELP)
    sign_in(ada)
    assert f'formaction="/en/questions/{question}/read"' in client.get(path_of(question)).text
    assert client.post(f"/en/questions/{question}/read").status_code == 303
    assert "since your last visit" not in client.get(path_of(question)).text


@pytest.mark.parametrize(
    "until", ["", "x", "9999-12-31T23:59:59+00:00", "2026-03-02T10:00:00", "0001-01-01T00:00:00+14:00", "²"]
)
def test_a_strange_moment_never_breaks_it(ben, question, sign_in, client, until):
    sign_in(ben)
    answer = client.post(f"/en/questions/{question}/read", data={"until": until}, headers={"X-Fragment": "1"})
    assert answer.status_code == 204


def test_what_is_new_on_another_page_stays_new(ada, ben, cleo, question, sign_in, client, at, path_of):
    for n in range(21):
        answer_question(cleo, question, body=f"{HELP} Step {n}.")
        at(timedelta(seconds=40))
    marking.mark_read(ben, question)
    at(timedelta(minutes=1))
    last = answer_question(ada, question, body="In the end it was the hose behind the machine.").id
    sign_in(ben)
    page = client.get(path_of(question)).text
    assert f'href="/a/{last}"' in page and "data-read" not in page
    assert "data-read" in client.get(path_of(question) + "?sort=new").text


def test_visitors_see_nothing_of_it(client, question, ben, ada, path_of):
    marking.mark_read(ben, question)
    page = client.get(path_of(question)).text
    assert "data-read" not in page and "since your last visit" not in page
