"""Mark the solution, recommend an answer, close a question."""

from datetime import timedelta

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from forum import events
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.models import Post, PostLink, Question
from forum.questions.rules import CloseReason, HelpState
from forum.questions.withdrawing import withdraw_post
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.closing import close_question, link_questions, reopen_question
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from tests.conftest import START


@pytest.fixture
def question(ada, make_question, at):
    at(START)
    return make_question(ada)


@pytest.fixture
def answer(ben, question, make_answer, at):
    at(timedelta(minutes=20))
    return make_answer(ben, question)


def thread(question):
    return db.session.get(Question, question)


def acts():
    return [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


# --- accept -----------------------------------------------------------------------------------------------------


def test_the_asker_marks_the_solution(ada, ben, question, answer, facts):
    assert accept_answer(ada, question, answer) is True
    solved = thread(question)
    assert (solved.accepted_answer_id, solved.help_state) == (answer, HelpState.SOLVED)
    assert solved.accepted_at == solved.resolved_at == START + timedelta(minutes=20)
    assert facts == [events.AnswerAccepted(question, answer, ben.member_id, ada.member_id, ada.member_id)]


def test_accepting_twice_changes_nothing(ada, question, answer, facts, rows):
    accept_answer(ada, question, answer)
    before = rows()
    assert accept_answer(ada, question, answer) is False
    assert rows() == before and len(facts) == 1


def test_strangers_and_silenced_members_do_not_accept(ben, cleo, zed, question, answer, leaves_no_trace):
    for who in (ben, cleo, zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            accept_answer(who, question, answer)


def test_staff_accept_with_a_reason_that_is_audited(mo, question, answer, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        accept_answer(mo, question, answer)
    assert list(refusal.value.fields) == ["reason"]
    assert accept_answer(mo, question, answer, reason="The asker said so by phone")
    assert acts() == ["answer.accepted"]


def test_staff_leave_the_choice_to_the_asker_for_two_days(sam, question, at, leaves_no_trace):
    own = answer_question(sam, question, body="Unplug it and clean the filter.").id
    with leaves_no_trace(Forbidden):
        accept_answer(sam, question, own, reason="It is plainly right")
    at(timedelta(hours=48))
    assert accept_answer(sam, question, own, reason="It is plainly right")


def test_an_own_answer_may_be_the_solution(ada, question, make_answer):
    own = make_answer(ada, question)
    assert accept_answer(ada, question, own)
    assert thread(question).help_state == HelpState.SOLVED


def test_a_second_solution_replaces_the_first_after_a_confirmation(
    ada, ben, cleo, question, answer, make_answer, facts, leaves_no_trace
):
    second = make_answer(cleo, question)
    accept_answer(ada, question, answer)
    facts.clear()
    with leaves_no_trace(Conflict):
        accept_answer(ada, question, second)
    assert accept_answer(ada, question, second, replace=True)
    assert thread(question).accepted_answer_id == second
    who = (ada.member_id, ada.member_id)
    assert facts == [
        events.AnswerUnaccepted(question, answer, ben.member_id, *who),
        events.AnswerAccepted(question, second, cleo.member_id, *who),
    ]


def test_only_a_visible_answer_of_this_question_is_accepted(
    ada, ben, mo, question, answer, make_question, leaves_no_trace
):
    other = make_question(ada, title="Another question here")
    with leaves_no_trace(NotFound):
        accept_answer(ada, other, answer)
    with leaves_no_trace(NotFound):
        accept_answer(ada, question, question)
    publishing.hide(mo, answer)
    with leaves_no_trace(Conflict):
        accept_answer(ada, question, answer)


def test_unaccepting_opens_the_question(ada, ben, question, answer, facts):
    accept_answer(ada, question, answer)
    facts.clear()
    assert unaccept_answer(ada, question) is True
    assert unaccept_answer(ada, question) is False
    open_ = thread(question)
    assert (open_.accepted_answer_id, open_.accepted_at, open_.resolved_at) == (None, None, None)
    assert open_.help_state == HelpState.ANSWERED
    assert facts == [events.AnswerUnaccepted(question, answer, ben.member_id, ada.member_id, ada.member_id)]


def test_who_may_not_accept_may_not_unaccept(ada, ben, question, answer, leaves_no_trace):
    accept_answer(ada, question, answer)
    with leaves_no_trace(Forbidden):
        unaccept_answer(ben, question)


def test_a_removed_solution_is_none_and_returns_with_its_answer(ada, mo, question, answer):
    accept_answer(ada, question, answer)
    publishing.remove(mo, answer)
    assert thread(question).help_state == HelpState.OPEN
    publishing.restore(mo, answer)
    assert thread(question).help_state == HelpState.SOLVED


def test_a_removed_solution_gives_way_to_another_without_a_confirmation(
    ada, mo, cleo, question, answer, make_answer
):
    accept_answer(ada, question, answer)
    publishing.remove(mo, answer)
    second = make_answer(cleo, question)
    assert accept_answer(ada, question, second)
    publishing.restore(mo, answer)
    assert thread(question).accepted_answer_id == second


# --- endorse ----------------------------------------------------------------------------------------------------


def test_the_team_recommends_an_answer(mo, ben, question, answer, facts):
    assert endorse_answer(mo, answer) is True
    assert endorse_answer(mo, answer) is False
    assert db.session.get(Post, answer).endorsed_by_id == mo.member_id
    assert thread(question).help_state == HelpState.SOLVED and thread(question).resolved_at is not None
    assert facts == [events.AnswerEndorsed(answer, question, ben.member_id, mo.member_id)]


def test_a_recommendation_is_withdrawn(mo, ben, question, answer, facts):
    endorse_answer(mo, answer)
    assert withdraw_endorsement(mo, answer) is True
    assert withdraw_endorsement(mo, answer) is False
    assert db.session.get(Post, answer).endorsed_at is None
    assert thread(question).help_state == HelpState.ANSWERED
    assert facts[-1] == events.EndorsementWithdrawn(answer, question, ben.member_id, mo.member_id)


def test_members_do_not_recommend(ada, cleo, answer, leaves_no_trace):
    for who in (ada, cleo, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            endorse_answer(who, answer)


def test_staff_do_not_recommend_themselves(sam, question, leaves_no_trace):
    own = answer_question(sam, question, body="Unplug it and clean the filter.").id
    with leaves_no_trace(Forbidden):
        endorse_answer(sam, own)


def test_a_question_is_not_recommended(mo, question, leaves_no_trace):
    with leaves_no_trace(NotFound):
        endorse_answer(mo, question)


# --- close ------------------------------------------------------------------------------------------------------


def test_staff_close_and_reopen_a_question(mo, ada, question, facts):
    assert close_question(mo, question, CloseReason.OFF_TOPIC, note="About another brand") is True
    assert close_question(mo, question, CloseReason.OFF_TOPIC) is False
    assert thread(question).help_state == HelpState.CLOSED
    assert reopen_question(mo, question) is True
    assert reopen_question(mo, question) is False
    assert thread(question).help_state == HelpState.OPEN and thread(question).closed_reason is None
    who = (question, ada.member_id, mo.member_id)
    assert facts == [events.QuestionClosed(*who, "off_topic"), events.QuestionReopened(*who)]
    assert acts() == ["question.closed", "question.reopened"]


def test_members_do_not_close(ada, cleo, question, leaves_no_trace):
    for who in (ada, cleo, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            close_question(who, question, "off_topic")


def test_a_reason_must_be_known(mo, question, leaves_no_trace):
    with leaves_no_trace(Invalid):
        close_question(mo, question, "because")


def test_a_duplicate_names_its_original(mo, ada, question, make_question, leaves_no_trace):
    original = make_question(ada, title="The question that was first")
    for wrong in (None, question, 4_000):
        with leaves_no_trace(Invalid):
            close_question(mo, question, "duplicate", duplicate_of_id=wrong)
    assert close_question(mo, question, "duplicate", duplicate_of_id=original)
    assert thread(question).duplicate_of_id == original
    assert [(link.question_id, link.linked_id, link.kind) for link in db.session.query(PostLink)] == [
        (question, original, "duplicate")
    ]


def test_related_questions_are_linked_once(mo, ada, question, make_question, leaves_no_trace):
    other = make_question(ada, title="Another question here")
    assert link_questions(mo, question, other) is True
    assert link_questions(mo, question, other) is False
    with leaves_no_trace(Invalid):
        link_questions(mo, question, question)


def test_a_solved_question_stays_solved_when_it_is_closed(mo, ada, question, answer):
    accept_answer(ada, question, answer)
    close_question(mo, question, "outdated")
    assert thread(question).help_state == HelpState.SOLVED


def test_the_system_may_act_without_a_reason(question, answer):
    assert accept_answer(SYSTEM, question, answer)


# --- withdraw ---------------------------------------------------------------------------------------------------


def test_an_author_withdraws_an_answer(ben, question, answer, facts):
    assert withdraw_post(ben, answer) is True
    assert withdraw_post(ben, answer) is False
    assert db.session.get(Post, answer).state == "withdrawn"
    assert thread(question).answer_count == 0
    assert facts == [events.PostRemoved(answer, question, ben.member_id, ben.member_id, "withdrawn")]


def test_only_the_author_withdraws(ada, mo, answer, leaves_no_trace):
    for who in (ada, mo, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            withdraw_post(who, answer)


def test_a_fresh_solution_may_be_withdrawn_and_is_unmarked(ada, ben, question, answer, facts):
    accept_answer(ada, question, answer)
    facts.clear()
    withdraw_post(ben, answer)
    assert thread(question).accepted_answer_id is None
    assert [type(fact) for fact in facts] == [events.PostRemoved, events.AnswerUnaccepted]


def test_an_old_solution_stays(ada, ben, question, answer, at, leaves_no_trace):
    accept_answer(ada, question, answer)
    at(timedelta(days=30, seconds=1))
    with leaves_no_trace(Forbidden):
        withdraw_post(ben, answer)


def test_a_question_others_have_answered_stays(ada, ben, question, answer, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        withdraw_post(ada, question)
    withdraw_post(ben, answer)
    assert withdraw_post(ada, question)


def test_what_was_removed_is_not_withdrawn(ben, mo, answer, leaves_no_trace):
    publishing.remove(mo, answer)
    with leaves_no_trace(NotFound):
        withdraw_post(ben, answer)
