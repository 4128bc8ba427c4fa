"""Proposed solutions: proposed, declined, confirmed, accepted by themselves; and what they earn."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.audit import AuditEntry
from common.db import db, update_where
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum import events, jobs
from forum.questions import publishing
from forum.questions.models import HelpedMark, Post, Proposal
from forum.questions.rules import AcceptedHow, Ending, PostState
from forum.reactions.helping import say_helped
from forum.solutions import sweeping
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.proposing import accept_unopposed, object_to_proposal, propose_solution
from forum.solutions.settling import say_solved
from tests.states.conftest import DAY, state, thread


def proposal(answer):
    return db.session.query(Proposal).filter_by(answer_id=answer).populate_existing().one()


def points(actor):
    return db.session.get(Member, actor.member_id, populate_existing=True).points


def helped_by(answer, count, helped=True):
    """So many members say so; it is written as the verb writes it."""
    with unit_of_work():
        for number in range(count):
            name = f"reader{number}{helped}".lower()
            member = Member(display_name=name, name_key=name, slug=name)
            db.session.add(member)
            db.session.flush()
            db.session.add(HelpedMark(post_id=answer, member_id=member.id, helped=helped))
        column = Post.helped_count if helped else Post.not_helped_count
        update_where(Post, Post.id == answer, **{column.key: column + count})


def visitors_praise(answer, count):
    for number in range(count):
        say_helped(ANONYMOUS, answer, True, f"browser {number}")


def test_an_expert_proposes_and_the_asker_is_told(ada, ben, cleo, question, answer, facts, heard):
    facts.clear()
    assert propose_solution(cleo, question, answer) and not propose_solution(cleo, question, answer)
    assert facts == [events.SolutionProposed(question, answer, ben.member_id, ada.member_id, cleo.member_id)]
    assert thread(question).proposed_answer_id == answer and state(question) == "answered"
    assert heard(ada, "solution-proposed") == ["solution-proposed"]


def test_who_may_not_propose(ada, ben, zed, cleo, question, answer, make_answer, leaves_no_trace):
    own = make_answer(cleo, question, body="Clean the filter behind the hatch, it was that here.")
    for who, what in ((ada, answer), (ben, answer), (zed, answer), (ANONYMOUS, answer), (cleo, own)):
        with leaves_no_trace(Forbidden):
            propose_solution(who, question, what)
    with leaves_no_trace(NotFound):
        propose_solution(cleo, question, question)


def test_one_proposal_at_a_time_and_none_of_a_solved_question(
    ada, cleo, mo, question, answer, make_answer, leaves_no_trace
):
    other = make_answer(mo, question, body="Have a look at the pump, from below.")
    propose_solution(cleo, question, answer)
    with leaves_no_trace(Conflict):
        propose_solution(cleo, question, other)
    accept_answer(ada, question, answer)
    with leaves_no_trace(Conflict):
        propose_solution(cleo, question, other)


def test_one_tap_of_the_asker_confirms(ada, ben, cleo, question, answer, heard):
    propose_solution(cleo, question, answer)
    assert say_solved(ada, question)
    assert proposal(answer).ending == Ending.CONFIRMED and thread(question).proposed_answer_id is None
    assert thread(question).accepted_how == AcceptedHow.ASKER and "solution-proposed" not in heard(ada)
    assert points(ben) >= 25


def test_what_the_asker_declines_is_not_proposed_again(ada, cleo, question, answer, heard, leaves_no_trace):
    propose_solution(cleo, question, answer)
    assert object_to_proposal(ada, question) and not object_to_proposal(ada, question)
    assert proposal(answer).ending == Ending.DECLINED and state(question) == "answered"
    assert "proposal-declined" in heard(cleo)
    with leaves_no_trace(Conflict):
        propose_solution(cleo, question, answer)


def test_who_proposed_takes_it_back_and_others_object(ben, cleo, mo, question, answer, leaves_no_trace):
    propose_solution(cleo, question, answer)
    with leaves_no_trace(Forbidden):
        object_to_proposal(ben, question)
    assert object_to_proposal(cleo, question) and proposal(answer).ending == Ending.TAKEN_BACK
    assert propose_solution(mo, question, answer)
    assert object_to_proposal(cleo, question, "It is the pump") and proposal(answer).words == "It is the pump"
    assert [entry.act for entry in db.session.query(AuditEntry)][-1] == "solution.declined"


def test_another_solution_overtakes_and_a_vanished_answer_is_proposed_anew(
    ada, cleo, mo, question, answer, make_answer
):
    propose_solution(cleo, question, answer)
    publishing.hide(mo, answer)
    assert thread(question).proposed_answer_id is None and proposal(answer).ending == Ending.OVERTAKEN
    publishing.restore(mo, answer)
    assert propose_solution(cleo, question, answer)
    other = make_answer(mo, question, body="Have a look at the pump, from below.")
    accept_answer(ada, question, other)
    assert proposal(answer).ending == Ending.OVERTAKEN


def test_unopposed_and_helpful_it_is_accepted_by_itself(ada, ben, cleo, question, answer, at, heard, drain):
    propose_solution(cleo, question, answer)
    helped_by(answer, 5)
    at(7 * DAY - timedelta(minutes=1))
    jobs.accept_unopposed()
    assert state(question) == "answered"
    at(timedelta(minutes=1))
    jobs.accept_unopposed()
    jobs.accept_unopposed()
    solved = thread(question)
    assert (solved.accepted_answer_id, solved.accepted_how, state(question)) == (
        answer,
        "automatic",
        "solved",
    )
    assert proposal(answer).ending == Ending.AUTOMATIC
    drain()
    assert heard(ada, "solution-automatic", "question-solved") == ["solution-automatic"]
    assert heard(ben, "answer-accepted") == ["answer-accepted"]


@pytest.mark.parametrize(("yes", "no"), [(4, 0), (5, 2), (0, 0)])
def test_too_little_help_accepts_nothing(cleo, question, answer, at, yes, no):
    propose_solution(cleo, question, answer)
    helped_by(answer, yes)
    helped_by(answer, no, helped=False)
    at(30 * DAY)
    assert accept_unopposed() == 0 and state(question) == "answered"


def test_an_answer_that_waits_for_a_review_is_not_said_to_be_gone(mo, cleo, question, answer):
    for post_state, said in ((PostState.HELD, "not visible yet"), (PostState.HIDDEN, "not visible any more")):
        with unit_of_work():
            update_where(Post, Post.id == answer, state=post_state)
        with pytest.raises(Conflict, match=said):
            accept_answer(mo, question, answer, reason="It was that")
        with pytest.raises(Conflict, match=said):
            propose_solution(cleo, question, answer)


def test_what_visitors_say_accepts_nothing(cleo, question, answer, at):
    propose_solution(cleo, question, answer)
    helped_by(answer, 4)
    visitors_praise(answer, 9)
    at(30 * DAY)
    assert accept_unopposed() == 0 and state(question) == "answered"
    helped_by(answer, 1, helped=False)
    say_helped(cleo, answer, True, "")
    assert accept_unopposed() == 1


def test_what_visitors_say_presumes_nothing(ada, cleo, question, answer, at):
    propose_solution(cleo, question, answer)
    visitors_praise(answer, 3)
    object_to_proposal(ada, question)
    at(60 * DAY)
    assert sweeping.presume_solved() == 0 and state(question) == "answered"
    helped_by(answer, 1)
    assert sweeping.presume_solved() == 1 and state(question) == "presumed_solved"


def test_an_objection_stops_the_clock_of_a_proposal(ada, cleo, question, answer, at):
    propose_solution(cleo, question, answer)
    helped_by(answer, 9)
    object_to_proposal(ada, question)
    at(30 * DAY)
    assert accept_unopposed() == 0


def test_an_automatic_solution_earns_a_recommendation_until_the_asker_confirms(
    ada, ben, cleo, question, answer, at
):
    before = points(ben), points(ada)
    propose_solution(cleo, question, answer)
    helped_by(answer, 6)
    at(8 * DAY)
    accept_unopposed()
    fast = 5
    assert points(ben) - before[0] == 15 + fast and points(ada) == before[1]
    assert accept_answer(ada, question, answer) is True
    assert accept_answer(ada, question, answer) is False
    assert thread(question).accepted_how == AcceptedHow.ASKER
    assert points(ben) - before[0] == 25 + fast and points(ada) > before[1]


def test_undoing_an_automatic_solution_takes_the_points_back(ada, ben, cleo, question, answer, at):
    before = points(ben)
    propose_solution(cleo, question, answer)
    helped_by(answer, 6)
    at(8 * DAY)
    accept_unopposed()
    assert points(ben) > before
    unaccept_answer(ada, question)
    assert points(ben) == before and state(question) == "answered"


def test_staff_mark_a_solution_for_a_recommendations_worth(ben, mo, question, answer):
    before = points(ben)
    accept_answer(mo, question, answer, reason="The asker said so by phone")
    assert thread(question).accepted_how == AcceptedHow.STAFF and points(ben) - before == 20


def test_staff_leave_the_choice_to_the_asker_where_the_brand_wants_it(
    mo, question, answer, at, settings_override, leaves_no_trace
):
    with settings_override(forum__staff_accept_days=3):
        with leaves_no_trace(Forbidden):
            accept_answer(mo, question, answer, reason="It is plainly right")
        at(3 * DAY)
        assert accept_answer(mo, question, answer, reason="It is plainly right")
