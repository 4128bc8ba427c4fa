"""Askers, helpers and readers at once about one solution: a proposal ends once, a mark counts once. With racy twins."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common.db import db, update_where
from common.errors import Refusal
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions.models import HelpedMark, Post, Proposal, Question
from forum.questions.rules import Ending
from forum.reactions.helping import say_helped
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.drift import drifts
from forum.solutions.proposing import accept_unopposed, object_to_proposal, propose_solution
from tests.conftest import START

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def proposed(ada, ben, cleo, make_question, make_answer, at):
    """A question with two answers, the first of them proposed."""
    at(START)
    question = make_question(ada)
    answers = [make_answer(ben, question, body=f"{HELP} Way {n}.") for n in range(2)]
    propose_solution(cleo, question, answers[0])
    return question, answers


def row(model, row_id):
    return db.session.get(model, row_id, populate_existing=True)


def proposal(answer_id):
    return db.session.scalar(select(Proposal).where(Proposal.answer_id == answer_id))


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]


def test_accepting_and_declining_at_once_end_a_proposal_once(ada, mo, proposed, in_threads, facts_of):
    question, (answer, _other) = proposed

    def act(n):
        return (
            accept_answer(ada, question, answer)
            if n % 2
            else object_to_proposal((ada, mo)[n % 4 // 2], question)
        )

    results = in_threads(12, act)
    assert not unexpected(results), unexpected(results)
    assert len(facts_of("ProposalEnded")) == 1 and len(facts_of("AnswerAccepted")) == 1
    assert row(Question, question).accepted_answer_id == answer, "the asker's word counts, before or after"
    assert row(Question, question).proposed_answer_id is None
    assert proposal(answer).ending in (Ending.CONFIRMED, Ending.DECLINED) and list(drifts()) == []


def test_many_who_decline_decline_once(ada, mo, max_, root, proposed, in_threads, facts_of):
    results = in_threads(16, lambda n: object_to_proposal((ada, mo, max_, root)[n % 4], proposed[0], "No."))
    assert not unexpected(results) and results.count(True) == 1, results
    assert len(facts_of("ProposalEnded")) == 1


def test_an_end_that_looks_before_it_writes_would_end_twice(ada, proposed, in_threads):
    """The racy twin: it reads that the proposal is open, takes its time, and ends it."""
    answer = proposed[1][0]

    def careless(_n):
        is_open = db.session.scalar(select(Proposal.ended_at).where(Proposal.answer_id == answer)) is None
        db.session.rollback()
        time.sleep(0.2)
        with unit_of_work():
            if is_open:
                update_where(Proposal, Proposal.answer_id == answer, ending=Ending.DECLINED, ended_at=START)
        return is_open

    assert in_threads(4, careless).count(True) > 1


def test_of_many_proposals_at_once_one_stands(cleo, mo, ada, ben, make_question, make_answer, at, in_threads):
    at(START)
    question = make_question(ada)
    answers = [make_answer(ben, question, body=f"{HELP} Way {n}.") for n in range(3)]
    results = in_threads(12, lambda n: propose_solution((cleo, mo)[n % 2], question, answers[n % 3]))
    assert not unexpected(results) and results.count(True) == 1, results
    chosen = row(Question, question).proposed_answer_id
    live = select(Proposal.answer_id).where(Proposal.ended_at.is_(None))
    assert list(db.session.scalars(live)) == [chosen]


def test_unopposed_and_declined_at_the_same_moment_is_one_of_the_two(
    ada, proposed, members, at, in_threads, facts_of
):
    question, (answer, _other) = proposed
    for who in members[:6]:
        say_helped(who, answer, True, "")
    at(timedelta(days=8))
    acts = (accept_unopposed, lambda: object_to_proposal(ada, question))
    results = in_threads(8, lambda n: acts[n % 2]())
    assert not unexpected(results), unexpected(results)
    assert len(facts_of("ProposalEnded")) == 1
    ending, accepted = proposal(answer).ending, row(Question, question).accepted_answer_id
    assert (ending, accepted) in ((Ending.AUTOMATIC, answer), (Ending.DECLINED, None)) and list(
        drifts()
    ) == []


def test_accepting_and_taking_back_at_once_leave_one_truth(ada, proposed, in_threads):
    question, answers = proposed

    def act(n):
        return (
            unaccept_answer(ada, question)
            if n % 3 == 2
            else accept_answer(ada, question, answers[n % 3], replace=True)
        )

    results = in_threads(12, act)
    assert not unexpected(results), unexpected(results)
    assert list(drifts()) == []


# --- "it helped" ----------------------------------------------------------------------------------------------------


def counts(answer_id):
    post = row(Post, answer_id)
    return post.helped_count, post.not_helped_count


def test_one_reader_who_says_it_many_times_counts_once(cleo, proposed, in_threads):
    answer = proposed[1][0]
    results = in_threads(20, lambda n: say_helped(cleo, answer, True, "a browser"))
    assert not unexpected(results) and results.count(True) == 1
    results = in_threads(20, lambda n: say_helped(ANONYMOUS, answer, True, "another browser"))
    assert results.count(True) == 1 and counts(answer) == (2, 0)


def test_yes_and_no_at_once_leave_one_mark_and_true_counts(cleo, proposed, in_threads):
    answer = proposed[1][0]
    results = in_threads(20, lambda n: say_helped(cleo, answer, n % 2 == 0, "", words="It leaks still."))
    assert not unexpected(results), unexpected(results)
    assert sum(counts(answer)) == 1 and min(counts(answer)) == 0 and list(drifts()) == []


def test_a_visitor_who_signs_in_meanwhile_counts_once(cleo, proposed, in_threads):
    answer = proposed[1][0]
    say_helped(ANONYMOUS, answer, True, "mine")
    results = in_threads(10, lambda n: say_helped(cleo, answer, True, "mine"))
    assert not unexpected(results) and counts(answer) == (1, 0)
    marks = select(func.count()).select_from(HelpedMark).where(HelpedMark.post_id == answer)
    assert db.session.scalar(marks) == 1 and list(drifts()) == []


def test_marks_of_many_readers_are_all_counted(members, proposed, in_threads):
    answer = proposed[1][0]
    results = in_threads(20, lambda n: say_helped(members[n], answer, n % 4 != 0, ""))
    assert not unexpected(results) and counts(answer) == (15, 5) and list(drifts()) == []


def test_a_count_read_before_it_is_written_would_lose_marks(members, proposed, in_threads):
    """The racy twin: count = what was read + 1."""
    answer = proposed[1][0]

    def careless(n):
        known = db.session.scalar(select(Post.helped_count).where(Post.id == answer))
        db.session.rollback()
        time.sleep(0.1)
        with unit_of_work():
            db.session.add(HelpedMark(post_id=answer, member_id=members[n].member_id, helped=True))
            update_where(Post, Post.id == answer, helped_count=known + 1)
        return True

    in_threads(8, careless)
    assert counts(answer)[0] < 8
