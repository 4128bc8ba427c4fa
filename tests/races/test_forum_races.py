"""Fifty at once: exactly one wins, and nothing is counted twice. Each check has a racy twin that it must catch."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from common import clock
from common.db import db, update_where
from common.errors import Conflict, Refusal
from common.unit_of_work import unit_of_work
from forum.also_solved.marking import mark_also
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Follow, Kudos, MeToo, Post, Question, Revision
from forum.questions.rules import PostKind, PostState
from forum.reactions import visiting
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos
from forum.solutions.accepting import accept_answer
from forum.solutions.closing import close_question
from forum.solutions.drift import drifts
from forum.solutions.endorsing import endorse_answer
from tests.conftest import START

MANY = 50
HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def question(ada, make_question, at):
    at(START)
    screener = publishing._screener
    publishing.set_screener(publishing.publish_everything)
    yield make_question(ada)
    publishing.set_screener(screener)


def wins(results):
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]
    assert not unexpected, unexpected[:3]
    return sum(result is True for result in results)


def test_of_fifty_solutions_one_is_accepted(ada, ben, question, make_answer, in_threads, facts_of):
    answers = [make_answer(ben, question) for _ in range(MANY)]
    results = in_threads(MANY, lambda n: accept_answer(ada, question, answers[n]))
    assert wins(results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == MANY - 1
    thread = db.session.get(Question, question)
    assert thread.accepted_answer_id == answers[results.index(True)]
    assert len(facts_of("AnswerAccepted")) == 1


def test_accepting_one_answer_fifty_times_is_accepting_it_once(
    ada, ben, question, make_answer, in_threads, facts_of
):
    answer = make_answer(ben, question)
    results = in_threads(MANY, lambda n: accept_answer(ada, question, answer))
    assert wins(results) == 1 and len(facts_of("AnswerAccepted")) == 1


def test_of_many_that_solved_it_too_as_many_are_marked_as_the_setting_allows(
    ada, ben, question, make_answer, in_threads, settings_override
):
    answers = [make_answer(ben, question) for _ in range(9)]
    accept_answer(ada, question, answers[8])
    with settings_override(forum__more_solutions=2):
        results = in_threads(8, lambda n: mark_also(ada, answers[n]))
    assert wins(results) == 2
    marked = select(func.count()).where(Post.also_solves_id == question)
    assert db.session.scalar(marked) == 2


def test_a_visitor_who_presses_many_times_at_once_counts_once(question, in_threads):
    assert wins(in_threads(8, lambda n: visiting.say(question, "browser"))) == 1
    assert db.session.get(Question, question).visitor_me_too_count == 1 and list(drifts()) == []
    assert wins(in_threads(8, lambda n: visiting.take_back(question, "browser"))) == 1
    assert db.session.get(Question, question, populate_existing=True).visitor_me_too_count == 0


def test_a_check_before_the_write_would_accept_several(ada, ben, question, make_answer, in_threads):
    """The racy twin: it reads, decides, and writes without a condition in another transaction."""
    answers = [make_answer(ben, question) for _ in range(8)]

    def careless(n):
        free = db.session.scalar(select(Question.accepted_answer_id).where(Question.id == question)) is None
        db.session.rollback()
        time.sleep(0.05)
        if free:
            with unit_of_work():
                update_where(
                    Question, Question.id == question, accepted_answer_id=answers[n], accepted_at=clock.now()
                )
        return free

    assert wins(in_threads(8, careless)) > 1


def test_fifty_thumbs_up_of_one_member_count_once(ada, ben, question, make_answer, in_threads, facts_of):
    answer = make_answer(ben, question)
    results = in_threads(MANY, lambda n: give_kudos(ada, answer))
    assert wins(results) == 1
    assert db.session.get(Post, answer).kudos_count == 1 and len(facts_of("KudosGiven")) == 1


def test_giving_and_taking_back_at_once_keeps_the_count_true(
    ada, ben, question, make_answer, in_threads, facts_of
):
    answer = make_answer(ben, question)
    wins(in_threads(MANY, lambda n: (give_kudos if n % 2 else withdraw_kudos)(ada, answer)))
    live = db.session.scalar(
        select(func.count()).select_from(Kudos).where(Kudos.post_id == answer, Kudos.withdrawn_at.is_(None))
    )
    assert db.session.get(Post, answer).kudos_count == live
    assert len(facts_of("KudosGiven")) - len(facts_of("KudosWithdrawn")) == live
    sequences = [fact.sequence for fact in facts_of("KudosGiven")]
    assert sequences == list(range(1, len(sequences) + 1))


def test_a_counter_read_before_it_is_written_would_lose_votes(ben, question, make_answer, in_threads):
    """The racy twin: count = what was read + 1."""
    answer = make_answer(ben, question)

    def careless(n):
        count = db.session.scalar(select(Post.kudos_count).where(Post.id == answer))
        db.session.rollback()
        time.sleep(0.05)
        with unit_of_work():
            update_where(Post, Post.id == answer, kudos_count=count + 1)
        return True

    in_threads(8, careless)
    assert db.session.get(Post, answer).kudos_count < 8


def test_me_too_of_many_members_is_counted_to_the_last(question, members, in_threads):
    results = in_threads(len(members), lambda n: me_too(members[n], question, follow=True))
    assert wins(results) == len(members)
    thread = db.session.get(Question, question)
    assert thread.me_too_count == len(members) and thread.follower_count == len(members) + 1
    assert db.session.scalar(select(func.count()).select_from(MeToo)) == len(members)


def test_fifty_me_too_of_one_member_count_once(ben, question, in_threads):
    assert wins(in_threads(MANY, lambda n: me_too(ben, question))) == 1
    assert db.session.get(Question, question).me_too_count == 1


def test_following_fifty_times_is_following_once(cleo, question, in_threads):
    assert wins(in_threads(MANY, lambda n: follow_question(cleo, question))) == 1
    assert (
        db.session.scalar(select(func.count()).select_from(Follow).where(Follow.member_id == cleo.member_id))
        == 1
    )


def test_a_question_sent_fifty_times_at_once_is_one(ada, app, in_threads, at):
    at(START)
    sent = in_threads(
        MANY, lambda n: ask_question(ada, title="The drum stays full of water", body=HELP, category_id=1).id
    )
    assert len(set(sent)) == 1, sent[:3]
    assert db.session.scalar(select(func.count()).select_from(Question)) == 1


def test_answers_of_many_members_are_all_counted(question, members, in_threads):
    posted = in_threads(
        len(members), lambda n: answer_question(members[n], question, body=f"{HELP} Step {n}.")
    )
    assert not [p for p in posted if isinstance(p, Exception)], posted
    thread = db.session.get(Question, question)
    assert thread.answer_count == len(members)
    assert thread.follower_count == len(members) + 1


def test_of_fifty_edits_of_one_version_one_is_kept(ada, question, in_threads):
    results = in_threads(
        MANY, lambda n: edit_post(ada, question, version=1, body=f"{HELP} Version of tab {n}.")
    )
    assert sum(isinstance(r, Conflict) for r in results) == MANY - 1
    assert db.session.get(Post, question).version == 2
    assert (
        db.session.scalar(select(func.count()).select_from(Revision).where(Revision.post_id == question)) == 2
    )


def test_of_many_official_answers_one_is_published(sam, max_, root, question, in_threads):
    team = [sam, max_, root]
    posted = in_threads(
        9, lambda n: answer_question(team[n % 3], question, body=f"{HELP} Tab {n}.", official=True)
    )
    assert not [p for p in posted if isinstance(p, Exception) and not isinstance(p, Refusal)], posted
    official = list(
        db.session.scalars(
            select(Post.id).where(Post.is_official.is_(True), Post.state == PostState.PUBLISHED)
        )
    )
    assert official == [db.session.get(Question, question).official_answer_id]


def test_fifty_recommendations_are_one(mo, ben, question, make_answer, in_threads, facts_of):
    answer = make_answer(ben, question)
    assert wins(in_threads(MANY, lambda n: endorse_answer(mo, answer))) == 1
    assert len(facts_of("AnswerEndorsed")) == 1


def test_removing_and_withdrawing_at_once_removes_once(ben, mo, question, make_answer, in_threads, facts_of):
    answer = make_answer(ben, question)
    moves = (publishing.remove, publishing.hide, publishing.reject)
    results = in_threads(12, lambda n: bool(moves[n % 3](mo, answer)))
    assert wins(results) >= 1 and len(facts_of("PostRemoved")) == 1
    assert db.session.get(Question, question).answer_count == 0


def test_two_questions_closed_onto_each_other_make_no_circle(mo, ada, question, make_question, in_threads):
    pair = [question, make_question(ada, title="Another question here")]
    results = in_threads(2, lambda n: close_question(mo, pair[n], "duplicate", duplicate_of_id=pair[1 - n]))
    assert wins(results) == 1


def test_a_spread_of_acts_leaves_true_counts(ada, ben, mo, question, members, make_answer, in_threads):
    """Answers, removals, restorations and acceptance together: what is stored equals what can be counted."""
    answers = [make_answer(ben, question) for _ in range(10)]

    def act(n):
        if n % 3 == 0:
            return bool(publishing.remove(mo, answers[n % 10]))
        if n % 3 == 1:
            return accept_answer(ada, question, answers[n % 10], replace=True)
        return answer_question(members[n % len(members)], question, body=f"{HELP} Step {n}.") is not None

    wins(in_threads(30, act))
    thread = db.session.get(Question, question)
    counted = (
        select(func.count())
        .select_from(Post)
        .where(Post.question_id == question, Post.kind == PostKind.ANSWER)
    )
    assert thread.answer_count == db.session.scalar(counted.where(Post.state == PostState.PUBLISHED))


def test_a_lively_evening_has_no_deadlock_and_no_drift(
    ada, ben, mo, question, members, make_question, make_answer, in_threads
):
    """Three threads, twenty members and a moderator, everything at once: nobody gets an error, every count is true."""
    threads = [question, *(make_question(ada, title=f"Question number {n}") for n in (2, 3))]
    answers = [make_answer(ben, thread) for thread in threads for _ in range(3)]
    acts = (
        lambda n: answer_question(members[n % 20], threads[n % 3], body=f"{HELP} Step {n}.") is not None,
        lambda n: give_kudos(members[n % 20], answers[n % 9]),
        lambda n: me_too(members[n % 20], threads[n % 3], follow=True),
        lambda n: accept_answer(ada, threads[n % 3], answers[n % 3 * 3 + n % 2], replace=True),
        lambda n: bool((publishing.hide if n % 2 else publishing.restore)(mo, answers[n % 9])),
        lambda n: comment_on(members[n % 20], answers[n % 9], body=f"Remark {n}") is not None,
        lambda n: edit_post(ben, answers[n % 9], version=1, body=f"{HELP} Version {n}.") is not None,
        lambda n: endorse_answer(mo, answers[n % 9]),
    )
    wins(in_threads(64, lambda n: acts[n % 8](n // 8 + n)))
    assert list(drifts()) == []
