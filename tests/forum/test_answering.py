"""Answer a question, officially too, and comment."""

from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from forum import events
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState
from forum.reactions.following import follows
from forum.screening import Screening
from forum.solutions.closing import close_question
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("morning")

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def question(ada, make_question, at):
    made = make_question(ada)
    at(timedelta(minutes=10))
    return made


def hold_everything():
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("links",)))


def test_an_answer_is_published_and_counted(ben, ada, question, facts):
    posted = answer_question(ben, question, body=HELP)
    thread = db.session.get(Question, question)
    assert facts == [events.AnswerPublished(posted.id, question, ben.member_id, False)]
    assert (thread.answer_count, thread.help_state) == (1, HelpState.ANSWERED)
    assert thread.first_answer_at == START + timedelta(minutes=10) == thread.active_at
    assert follows(ben, question)


@pytest.mark.parametrize("text", ["Moi aussi, j’ai le même problème.", "Which model is it, please?"])
def test_me_too_and_clarifications_leave_the_question_open(ben, question, text):
    answer_question(ben, question, body=text)
    thread = db.session.get(Question, question)
    assert (thread.answer_count, thread.help_state, thread.first_answer_at) == (1, HelpState.OPEN, None)


def test_the_askers_own_answer_leaves_the_question_open(ada, question):
    answer_question(ada, question, body=HELP)
    assert db.session.get(Question, question).help_state == HelpState.OPEN


@pytest.mark.parametrize("body", ["", "   ", "Too short", "x" * 20_001])
def test_a_text_outside_its_limits_is_refused(ben, question, body, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        answer_question(ben, question, body=body)
    assert list(refusal.value.fields) == ["body"]


def test_a_silenced_member_and_a_visitor_cannot_answer(zed, question, leaves_no_trace):
    for who in (zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            answer_question(who, question, body=HELP)


def test_what_is_not_there_cannot_be_answered(ben, ada, mo, make_question, question, leaves_no_trace):
    with leaves_no_trace(NotFound):
        answer_question(ben, 4_000, body=HELP)
    publishing.hide(mo, question)
    with leaves_no_trace(NotFound):
        answer_question(ben, question, body=HELP)
    with leaves_no_trace(Conflict):
        answer_question(ada, question, body=HELP)


def test_an_answer_is_no_question(ben, question):
    posted = answer_question(ben, question, body=HELP)
    with pytest.raises(NotFound):
        answer_question(ben, posted.id, body=HELP)


def test_a_closed_question_takes_staff_answers_only(ben, mo, question, leaves_no_trace):
    close_question(mo, question, "off_topic")
    with leaves_no_trace(Forbidden):
        answer_question(ben, question, body=HELP)
    assert answer_question(mo, question, body=HELP)


def test_sending_twice_makes_one_answer(ben, question, facts):
    first, second = (answer_question(ben, question, body=HELP) for _ in range(2))
    assert first.id == second.id and second.repeated and len(facts) == 1


def test_the_same_text_under_two_questions_makes_two_answers(ben, ada, question, make_question, at):
    other = make_question(ada, title="Another question here")
    first = answer_question(ben, question, body=HELP)
    at(timedelta(seconds=5))
    assert answer_question(ben, other, body=HELP).id != first.id


def test_two_answers_need_a_moment_between_them(ben, question, at, leaves_no_trace):
    answer_question(ben, question, body=HELP)
    at(timedelta(seconds=4))
    with leaves_no_trace(TooMany) as refusal:
        answer_question(ben, question, body=HELP + " Then start it again.")
    assert refusal.value.retry_after == 1


def test_a_held_answer_is_not_counted(ben, question, facts):
    hold_everything()
    posted = answer_question(ben, question, body=HELP)
    thread = db.session.get(Question, question)
    assert posted.held and db.session.get(Post, posted.id).state == PostState.HELD
    assert (thread.answer_count, thread.help_state) == (0, HelpState.OPEN)


def test_removing_the_only_answer_opens_the_question_again_with_its_old_clock(ben, mo, question):
    posted = answer_question(ben, question, body=HELP)
    publishing.remove(mo, posted.id)
    thread = db.session.get(Question, question)
    assert (thread.answer_count, thread.help_state, thread.first_answer_at) == (0, HelpState.OPEN, None)
    assert thread.published_at == START
    publishing.restore(mo, posted.id)
    thread = db.session.get(Question, question)
    assert thread.help_state == HelpState.ANSWERED and thread.first_answer_at == START + timedelta(minutes=10)


# --- official ---------------------------------------------------------------------------------------------------


def test_an_agent_answers_officially(sam, question, facts):
    posted = answer_question(sam, question, body=HELP, official=True)
    assert db.session.get(Question, question).official_answer_id == posted.id
    assert db.session.get(Post, posted.id).is_official
    assert facts == [events.AnswerPublished(posted.id, question, sam.member_id, True)]


def test_only_the_team_answers_officially(ben, mo, question, leaves_no_trace):
    for who in (ben, mo):
        with leaves_no_trace(Forbidden):
            answer_question(who, question, body=HELP, official=True)


def test_there_is_one_official_answer(sam, max_, question, leaves_no_trace):
    answer_question(sam, question, body=HELP, official=True)
    with leaves_no_trace(Forbidden):
        answer_question(max_, question, body=HELP, official=True)


def test_an_official_answer_sent_twice_is_one(sam, question):
    first, second = (answer_question(sam, question, body=HELP, official=True) for _ in range(2))
    assert first.id == second.id


def test_a_removed_official_answer_leaves_its_place(sam, max_, mo, question):
    first = answer_question(sam, question, body=HELP, official=True)
    publishing.remove(mo, first.id)
    assert db.session.get(Question, question).official_answer_id is None
    second = answer_question(max_, question, body=HELP, official=True)
    publishing.restore(mo, first.id)
    assert db.session.get(Question, question).official_answer_id == second.id


# --- comments ---------------------------------------------------------------------------------------------------


def test_a_comment_hangs_on_its_answer(ada, ben, question, make_answer, facts):
    answer = make_answer(ben, question)
    facts.clear()
    posted = comment_on(ada, answer, body="It worked")
    assert facts == [events.CommentPublished(posted.id, question, answer, ada.member_id)]
    assert db.session.get(Question, question).comment_count == 1


def test_a_comment_on_a_comment_hangs_on_the_same_answer(ada, ben, question, make_answer, at):
    answer = make_answer(ben, question)
    at(timedelta(minutes=1))
    first = comment_on(ada, answer, body="It worked")
    second = comment_on(ben, first.id, body="Good to know")
    assert db.session.get(Post, second.id).parent_id == answer


@pytest.mark.parametrize("body", ["", "x", "x" * 1_001])
def test_a_comment_outside_its_limits_is_refused(ada, question, body, leaves_no_trace):
    with leaves_no_trace(Invalid):
        comment_on(ada, question, body=body)


def test_who_cannot_write_cannot_comment(zed, question, leaves_no_trace):
    for who in (zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            comment_on(who, question, body="Hello there")


def test_nothing_hangs_on_what_is_not_visible(ada, ben, mo, question, make_answer, leaves_no_trace):
    answer = make_answer(ben, question)
    publishing.hide(mo, answer)
    with leaves_no_trace(NotFound):
        comment_on(ada, answer, body="Hello there")
    with leaves_no_trace(Conflict):
        comment_on(ben, answer, body="Hello there")


def test_commenting_twice_makes_one_comment(ben, question):
    assert comment_on(ben, question, body="Same here").id == comment_on(ben, question, body="Same here").id


def test_a_removed_comment_is_not_counted(ben, mo, question):
    posted = comment_on(ben, question, body="Same here")
    publishing.remove(mo, posted.id)
    assert db.session.get(Question, question).comment_count == 0
