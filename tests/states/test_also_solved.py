"""Answers beside the solution that solved it too: the asker says so, where the community wants it."""

from __future__ import annotations

import pytest

from common.errors import Conflict, Forbidden, NotFound
from forum import events
from forum.also_solved.marking import mark_also, unmark_also
from forum.housekeeping.merging import merge_question
from forum.questions import publishing
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.drift import drifts
from tests.states.conftest import state, thread


@pytest.fixture(autouse=True)
def _two_more(settings_override):
    with settings_override(forum__more_solutions=2):
        yield


@pytest.fixture
def answers(ada, ben, cleo, sam, question, make_answer) -> list[int]:
    ids = [
        make_answer(who, question, body=f"Clean the filter, way number {n} of four.")
        for n, who in enumerate((ben, cleo, sam, ben))
    ]
    accept_answer(ada, question, ids[0])
    return ids


def page(browser, question) -> str:
    return browser.get(f"/en/questions/{question}/", follow_redirects=True).text


def test_the_asker_marks_what_solved_it_too_and_takes_it_back(
    ada, cleo, question, answers, heard, facts, client, sign_in
):
    assert mark_also(ada, answers[1]) and not mark_also(ada, answers[1])
    assert facts[-1] == events.AlsoSolved(answers[1], question, cleo.member_id, ada.member_id)
    assert heard(cleo, "answer-also-solved") == ["answer-also-solved"]
    assert page(client, question).count("Solved it too") == 1
    assert thread(question).accepted_answer_id == answers[0] and state(question) == "solved"
    assert unmark_also(ada, answers[1]) and not unmark_also(ada, answers[1])
    assert heard(cleo, "answer-also-solved") == [] and "Solved it too" not in page(client, question)
    assert list(drifts()) == []


def test_no_more_than_the_community_wants_and_none_without_a_solution(
    ada, question, answers, leaves_no_trace, settings_override
):
    for answer_id in answers[1:3]:
        mark_also(ada, answer_id)
    with leaves_no_trace(Conflict):
        mark_also(ada, answers[3])
    with leaves_no_trace(Forbidden):
        mark_also(ada, answers[0])
    unaccept_answer(ada, question)
    with leaves_no_trace(Forbidden):
        mark_also(ada, answers[3])
    accept_answer(ada, question, answers[1])
    assert mark_also(ada, answers[3]), "the one that became the solution counts no more"
    with settings_override(forum__more_solutions=0), leaves_no_trace(Forbidden):
        mark_also(ada, answers[0])


def test_only_the_asker_says_so_of_what_is_shown(ada, ben, mo, zed, question, answers, leaves_no_trace):
    for who in (ben, mo, zed):
        with leaves_no_trace(Forbidden):
            mark_also(who, answers[1])
    with leaves_no_trace(NotFound):
        mark_also(ada, question)
    publishing.hide(mo, answers[1])
    with leaves_no_trace(NotFound):
        mark_also(ada, answers[1])


def test_what_was_said_shows_only_beside_a_solution_and_in_its_own_thread(
    ada, ben, mo, question, answers, make_question, client
):
    mark_also(ada, answers[1])
    unaccept_answer(ada, question)
    assert "Solved it too" not in page(client, question)
    accept_answer(ada, question, answers[0])
    assert "Solved it too" in page(client, question)
    other = make_question(ben, title="Another question about the same thing")
    merge_question(mo, question, other)
    assert "Solved it too" not in page(client, other)


def test_the_asker_finds_the_button_and_others_do_not(ada, ben, question, answers, client, sign_in):
    sign_in(ben)
    assert "This solved it too" not in page(client, question)
    sign_in(ada)
    path = f"/en/posts/{answers[1]}/also-solved"
    assert f'formaction="{path}"' in page(client, question)
    answer = client.post(path, data={"on": "1"}, headers={"X-Fragment": "1"})
    assert (
        answer.status_code == 200 and "Solved it too" in answer.text and "It did not solve it" in answer.text
    )
    client.post(path, data={"on": "0"})
    assert "Solved it too" not in page(client, question)


def test_it_brings_no_points(ada, question, answers, rows):
    before = rows()["ledger_entry"]
    mark_also(ada, answers[1])
    assert rows()["ledger_entry"] == before


def test_off_by_default(ada, question, answers, settings_override, client, sign_in):
    with settings_override(forum__more_solutions=0):
        sign_in(ada)
        assert "This solved it too" not in page(client, question)
