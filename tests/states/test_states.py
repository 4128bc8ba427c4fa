"""The state of a question follows what happens in it, by the verbs and by time."""

from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from forum import events, jobs
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Post
from forum.questions.permissions import can_propose
from forum.questions.replying import mark_reply
from forum.questions.rules import HelpState, ReplyKind
from forum.reactions.voting import give_kudos
from forum.screening import Screening
from forum.solutions import attaching, settling, sweeping
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.drift import drifts
from forum.solutions.endorsing import endorse_answer
from moderation.escalation import clocks
from moderation.escalation.models import Ladder
from moderation.escalation.sla_rules import Metric, Standing
from tests.states.conftest import DAY, HELP, state, thread

ASK = "Which model is it exactly, and since when does it do that?"


def ladder(question):
    return db.session.get(Ladder, question, populate_existing=True)


def standing(question):
    return clocks.reading_of(ladder(question), Metric.FIRST_REPLY_ANY).standing


# --- kinds of replies ---------------------------------------------------------------------------------------------


def test_a_tip_leaves_the_question_open_and_its_clock_running(ada, ben, question, heard):
    answer_question(ben, question, body=HELP, kind=ReplyKind.TIP)
    assert state(question) == "open" and thread(question).first_answer_at is None
    assert standing(question) is Standing.RUNNING
    assert heard(ada) == ["tip-given"]


def test_asking_for_a_detail_rests_the_clock_until_the_reply(ada, cleo, question, at, heard):
    at(timedelta(minutes=30))
    asked = answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    assert state(question) == "needs_info" and standing(question) is Standing.PAUSED
    assert thread(question).info_post_id == asked.id and heard(ada) == ["details-asked"]
    at(3 * DAY)
    comment_on(ada, asked.id, body="An Ondea 8, since Monday.")
    assert state(question) == "open" and standing(question) is Standing.RUNNING
    assert clocks.reading_of(ladder(question), Metric.FIRST_REPLY_ANY).worked < timedelta(hours=2)
    assert heard(ada) == []


def test_a_reply_that_asks_for_a_detail_is_never_the_solution(
    ada, ben, cleo, sam, question, leaves_no_trace, sign_in
):
    asked = answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO).id
    with leaves_no_trace(Forbidden):
        accept_answer(ada, question, asked)
    assert not can_propose(sam, thread(question), db.session.get(Post, asked))
    assert (
        "This is the solution"
        not in sign_in(ada).get(f"/en/questions/{question}/x", follow_redirects=True).text
    )
    mark_reply(cleo, asked, "answer")
    assert (
        "This is the solution" in sign_in(ada).get(f"/en/questions/{question}/x", follow_redirects=True).text
    )
    assert accept_answer(ada, question, asked)


def test_the_state_before_returns_when_the_asker_replies(ada, cleo, question, answer, at):
    at(timedelta(minutes=5))
    answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    assert state(question) == "needs_info"
    at(timedelta(minutes=5))
    edit_post(ada, question, version=1, body="It is an Ondea 8 and shows E18 since Monday. What can I do?")
    assert state(question) == "answered"


def test_who_asked_for_a_detail_and_then_answers_waits_no_more(cleo, question, at):
    answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    at(timedelta(minutes=5))
    answer_question(cleo, question, body=HELP)
    assert state(question) == "answered"


def test_a_removed_request_is_none(cleo, mo, question):
    asked = answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    publishing.remove(mo, asked.id)
    assert state(question) == "open"


def test_newcomers_and_the_asker_do_not_rest_the_clock(ada, ben, question, leaves_no_trace):
    for who in (ada, ben):
        with leaves_no_trace(Forbidden):
            answer_question(who, question, body=ASK, kind=ReplyKind.NEEDS_INFO)


def test_an_official_answer_is_always_an_answer(sam, question):
    posted = answer_question(sam, question, body=HELP, official=True, kind=ReplyKind.TIP)
    assert db.session.get(Post, posted.id).reply_kind == ReplyKind.ANSWER and state(question) == "answered"


def test_the_author_and_staff_change_what_a_reply_is(ada, ben, mo, question, answer, facts):
    facts.clear()
    assert mark_reply(ben, answer, "tip") and state(question) == "open"
    assert not mark_reply(ben, answer, ReplyKind.TIP)
    assert mark_reply(mo, answer, "answer") and state(question) == "answered"
    own = (question, ben.member_id)
    assert facts == [
        events.ReplyKindChanged(answer, *own, ben.member_id, "tip"),
        events.ReplyKindChanged(answer, *own, mo.member_id, "answer"),
    ]


def test_others_do_not_and_a_solution_is_no_tip(ada, ben, cleo, zed, question, answer, leaves_no_trace):
    for who in (ada, cleo, zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            mark_reply(who, answer, "tip")
    with leaves_no_trace(Invalid):
        mark_reply(ben, answer, "nonsense")
    with leaves_no_trace(NotFound):
        mark_reply(ben, question, "tip")
    with leaves_no_trace(Forbidden):
        mark_reply(ben, answer, "needs_info")
    accept_answer(ada, question, answer)
    with leaves_no_trace(Forbidden):
        mark_reply(ben, answer, "tip")


# --- the asker is waited for --------------------------------------------------------------------------------------


def test_who_does_not_reply_is_reminded_twice_and_the_question_rests(ada, cleo, question, at, heard):
    asked = answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    told = []
    for _hour in range(24 * 15 // 6):
        at(timedelta(hours=6))
        jobs.tend_waiting()
        jobs.tend_waiting()
        told.append(len(heard(ada, "details-reminder", "question-rests")))
    assert told.index(1) == 27 and told.index(2) == 43 and told.index(3) == 55 and told[-1] == 3
    assert state(question) == "stale" and ladder(question).stop_cause == "left"
    comment_on(ada, asked.id, body="Sorry: an Ondea 8, since Monday.")
    assert state(question) == "open" and ladder(question).stopped_at is None
    assert standing(question) is Standing.RUNNING


def test_nobody_is_reminded_of_a_hidden_question(ada, mo, cleo, question, at, heard):
    answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    publishing.hide(mo, question)
    at(20 * DAY)
    assert sweeping.tend_waiting() == 0 and "details-reminder" not in heard(ada)


def test_a_reminder_that_is_no_longer_true_is_not_mailed(ada, cleo, question, at, drain, outbox):
    asked = answer_question(cleo, question, body=ASK, kind=ReplyKind.NEEDS_INFO)
    comment_on(ada, asked.id, body="It was an Ondea 8.")
    at(DAY)
    drain()
    assert not [letter for letter in outbox() if "detail" in letter["Subject"]]


# --- time presumes -------------------------------------------------------------------------------------------------


def test_quiet_after_a_useful_answer_is_presumed_solved(ada, cleo, question, answer, at):
    give_kudos(cleo, answer)
    at(13 * DAY)
    assert sweeping.presume_solved() == 0
    at(DAY + timedelta(hours=1))
    assert sweeping.presume_solved() == 1 and sweeping.presume_solved() == 0
    assert state(question) == "presumed_solved"
    assert settling.say_unsolved(ada, question) and state(question) == "open"


def test_an_answer_nobody_found_useful_presumes_nothing(question, answer, at):
    at(60 * DAY)
    assert sweeping.presume_solved() == 0 and state(question) == "answered"


def test_a_word_of_the_asker_ends_the_presumption(ada, cleo, question, answer, at):
    give_kudos(cleo, answer)
    at(15 * DAY)
    sweeping.presume_solved()
    at(DAY)
    comment_on(ada, answer, body="It came back today.")
    assert state(question) == "answered"


def test_solved_and_quiet_questions_close_where_the_brand_wants_it(
    ada, ben, question, answer, at, settings_override, heard
):
    accept_answer(ada, question, answer)
    at(40 * DAY)
    assert sweeping.close_quiet() == 0
    with settings_override(forum__close_solved_days=30):
        assert sweeping.close_quiet() == 1 and sweeping.close_quiet() == 0
    assert state(question) == "solved" and thread(question).closed_reason == "quiet"
    assert "question-closed" not in heard(ada)
    with pytest.raises(Forbidden):
        answer_question(ben, question, body=HELP)


def test_the_asker_opens_a_quiet_question_again(ada, ben, question, answer, at, settings_override):
    accept_answer(ada, question, answer)
    at(20 * DAY)
    with settings_override(forum__close_solved_days=10):
        sweeping.close_quiet()
    assert settling.say_unsolved(ada, question)
    assert state(question) == "open" and thread(question).closed_at is None
    assert answer_question(ben, question, body=HELP + " Again.")


# --- the asker speaks ----------------------------------------------------------------------------------------------


def test_still_a_problem_opens_the_question_and_begins_a_new_clock(
    ada, ben, cleo, question, answer, at, facts, drain, heard
):
    accept_answer(ada, question, answer)
    drain()
    at(2 * DAY)
    facts.clear()
    assert settling.say_unsolved(ada, question) is True
    assert settling.say_unsolved(ada, question) is False
    assert [type(fact) for fact in facts] == [events.QuestionUnsettled, events.AnswerUnaccepted]
    assert (state(question), thread(question).accepted_answer_id) == ("open", None)
    assert ladder(question).cycle == 2 and standing(question) is Standing.RUNNING
    drain()
    assert "question-unsettled" in heard(ben)
    at(timedelta(hours=1))
    answer_question(cleo, question, body=HELP + " And the pump.")
    assert state(question) == "answered" and ladder(question).answered_at is not None


def test_a_recommendation_does_not_outlive_a_no(ada, mo, question, answer, at):
    endorse_answer(mo, answer)
    assert state(question) == "solved"
    at(DAY)
    settling.say_unsolved(ada, question)
    assert state(question) == "open" and thread(question).resolved_at is None


def test_only_the_asker_says_so_and_not_after_a_month(
    ada, ben, mo, zed, question, answer, at, leaves_no_trace
):
    accept_answer(ada, question, answer)
    for who in (ben, mo, zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            settling.say_unsolved(who, question)
    at(31 * DAY)
    with leaves_no_trace(Forbidden):
        settling.say_unsolved(ada, question)


def test_what_is_not_settled_is_not_opened_again(ada, mo, question, answer, leaves_no_trace):
    close_question(mo, question, "outdated")
    with leaves_no_trace(Conflict):
        settling.say_unsolved(ada, question)


def test_yes_accepts_the_only_answer(ada, question, answer):
    assert settling.say_solved(ada, question) and not settling.say_solved(ada, question)
    assert (thread(question).accepted_answer_id, state(question)) == (answer, "solved")


def test_yes_among_several_answers_names_none_until_one_is_chosen(
    ada, cleo, question, answer, make_answer, at
):
    other = make_answer(cleo, question, body="The pump was blocked here: clean it from below.")
    assert settling.say_solved(ada, question)
    assert (thread(question).accepted_answer_id, state(question)) == (None, "solved")
    assert thread(question).resolved_at is not None and ladder(question).stopped_at is not None
    assert settling.say_solved(ada, question, other)
    assert thread(question).accepted_answer_id == other and thread(question).self_solved_at is None
    unaccept_answer(ada, question)
    assert state(question) == "answered"


def test_a_no_after_a_yes_without_an_answer_opens_it(ada, question, at):
    assert settling.say_solved(ada, question) and state(question) == "solved"
    at(DAY)
    assert settling.say_unsolved(ada, question) and state(question) == "open"


# --- held, linked, private ----------------------------------------------------------------------------------------


def test_a_held_question_is_held_until_it_is_approved(ada, mo, app):
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("first_post",)))
    held = ask_question(ada, title="The drum stays full of water", body=HELP, category_id=1)
    publishing.set_screener(publishing.publish_everything)
    assert state(held.id) == "held"
    publishing.release(mo, held.id)
    assert state(held.id) == "open"


def test_a_removed_question_is_held_back_and_returns_as_it_was(mo, question, answer):
    publishing.remove(mo, question)
    assert state(question) == "held"
    publishing.restore(mo, question)
    assert state(question) == "answered"


def test_a_duplicate_is_linked_and_reopened_is_open(ada, mo, question, make_question):
    first = make_question(ada, title="The drum keeps its water")
    close_question(mo, question, "duplicate", duplicate_of_id=first)
    assert state(question) == "linked"
    reopen_question(mo, question)
    assert state(question) == "open" and standing(question) is Standing.RUNNING


def test_an_incident_rests_the_clock_and_its_end_lets_it_go_on(mo, question, at):
    at(timedelta(minutes=10))
    assert attaching.attach_to_incident(mo, question) and not attaching.attach_to_incident(mo, question)
    assert state(question) == "linked" and standing(question) is Standing.PAUSED
    at(5 * DAY)
    assert attaching.detach_from_incident(SYSTEM, question) and not attaching.detach_from_incident(
        mo, question
    )
    assert state(question) == "open" and standing(question) is Standing.RUNNING


def test_what_goes_on_in_private_keeps_the_promise_and_comes_back(sam, question, at):
    at(timedelta(minutes=10))
    assert attaching.continue_in_private(sam, question)
    assert state(question) == "private" and standing(question) is Standing.MET
    at(DAY)
    assert attaching.back_from_private(sam, question)
    assert state(question) == "open" and ladder(question).cycle == 2


def test_members_send_nothing_elsewhere(ada, ben, question, leaves_no_trace):
    for who in (ada, ben, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            attaching.continue_in_private(who, question)


def test_a_stored_state_that_is_wrong_is_found(question, answer):
    from common.db import update_where
    from common.unit_of_work import unit_of_work
    from forum.questions.models import Question
    from forum.solutions.drift import repair

    assert list(drifts()) == []
    with unit_of_work():
        update_where(Question, Question.id == question, help_state=HelpState.CLOSED)
    assert [drift.what for drift in drifts()] == ["question.help_state"]
    assert repair() == 1 and state(question) == "answered"
