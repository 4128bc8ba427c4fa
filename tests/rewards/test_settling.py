"""Points follow what happens in the forum, once, and go when it is undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from accounts.members.models import Member
from common import clock
from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Question
from forum.questions.withdrawing import withdraw_post
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos, withdraw_me_too
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from rewards.ledger import settling
from tests.conftest import START

LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def thread(ada, ben, make_question, make_answer, at):
    """A question by ada and a slow answer by ben, whose first steps are booked."""
    question_id = make_question(ada)
    at(LATER)
    return question_id, make_answer(ben, question_id)


def base(points, *who):
    return [points(one) for one in who]


def test_an_accepted_answer_pays_its_author_and_the_asker(thread, ada, ben, points):
    before_ada, before_ben = base(points, ada, ben)
    accept_answer(ada, *thread)
    assert points(ben) == (before_ben[0] + 25, before_ben[1] + 25)
    assert points(ada) == (before_ada[0] + 2 + 4, before_ada[1])


def test_accepting_twice_pays_once(thread, ada, ben, points, lines):
    accept_answer(ada, *thread)
    count = len(lines())
    accept_answer(ada, *thread)
    with unit_of_work():
        settling.settle_answer(thread[1])
        settling.settle_answer(thread[1])
    assert len(lines()) == count


def test_unaccepting_takes_back_exactly_what_was_paid(thread, ada, ben, points):
    before_ada, before_ben = base(points, ada, ben)
    accept_answer(ada, *thread)
    unaccept_answer(ada, thread[0])
    assert points(ben) == before_ben
    assert points(ada) == (before_ada[0] + 4, before_ada[1])  # a first step is once in a lifetime


def test_toggling_an_acceptance_stops_paying_after_three_times(thread, ada, ben, points, lines):
    _, before = base(points, ada, ben)
    for _ in range(4):
        accept_answer(ada, *thread)
        unaccept_answer(ada, thread[0])
    accept_answer(ada, *thread)
    assert points(ben) == before
    last = [line for line in lines(ben) if line.cause_type == "answer-accepted"][-1]
    assert (last.requested, last.granted, last.note) == (25, 0, "toggles")


def test_accepting_ones_own_answer_pays_nothing(ada, make_question, make_answer, points, at):
    question_id = make_question(ada)
    at(timedelta(hours=72))
    answer_id = make_answer(ada, question_id)
    before = points(ada)
    accept_answer(ada, question_id, answer_id)
    assert points(ada) == before


def test_an_answer_by_staff_earns_nothing(ada, sam, make_question, make_answer, points):
    question_id = make_question(ada)
    answer_id = make_answer(sam, question_id, is_official=True)
    accept_answer(ada, question_id, answer_id)
    give_kudos(ada, answer_id)
    assert points(sam) == (0, 0)


def test_a_quick_solution_pays_five_more(ada, ben, make_question, make_answer, points, at):
    question_id = make_question(ada)
    at(timedelta(minutes=59))
    answer_id = make_answer(ben, question_id)
    before = points(ben)
    accept_answer(ada, question_id, answer_id)
    assert points(ben) == (before[0] + 30, before[1] + 30)
    unaccept_answer(ada, question_id)
    assert points(ben) == before


@pytest.mark.parametrize("first", ["accepted", "endorsed"])
def test_endorsed_and_accepted_total_twenty_five_in_either_order(first, thread, ada, ben, mo, points):
    before = points(ben)
    steps = [lambda: accept_answer(ada, *thread), lambda: endorse_answer(mo, thread[1])]
    for step in steps if first == "accepted" else reversed(steps):
        step()
    assert points(ben) == (before[0] + 25, before[1] + 25)


@pytest.mark.parametrize("first", ["accepted", "endorsed"])
@pytest.mark.parametrize("kept", ["accepted", "endorsed"])
def test_when_one_of_two_recognitions_goes_the_other_is_worth_its_own(
    first, kept, thread, ada, ben, mo, points
):
    before = points(ben)
    steps = [lambda: accept_answer(ada, *thread), lambda: endorse_answer(mo, thread[1])]
    for step in steps if first == "accepted" else reversed(steps):
        step()
    if kept == "accepted":
        withdraw_endorsement(mo, thread[1])
    else:
        unaccept_answer(ada, thread[0])
    worth = 25 if kept == "accepted" else 15
    assert points(ben) == (before[0] + worth, before[1] + worth)
    (withdraw_endorsement(mo, thread[1]) if kept == "endorsed" else unaccept_answer(ada, thread[0]))
    assert points(ben) == before


def test_replacing_the_solution_moves_the_points(thread, ada, ben, cleo, make_answer, points):
    other = make_answer(cleo, thread[0])
    before_ben, before_cleo = base(points, ben, cleo)
    accept_answer(ada, *thread)
    accept_answer(ada, thread[0], other, replace=True)
    assert points(ben) == before_ben
    assert points(cleo) == (before_cleo[0] + 25, before_cleo[1] + 25)


def test_the_eleventh_acceptance_between_the_same_two_pays_nothing(
    ada, ben, make_question, make_answer, points, at
):
    for number in range(11):
        at(timedelta(hours=1))
        question_id = make_question(ada, title=f"Question number {number} of many")
        at(timedelta(hours=2))
        answer_id = make_answer(ben, question_id)
        before = points(ben)
        accept_answer(ada, question_id, answer_id)
        assert points(ben)[0] - before[0] == (25 if number < 10 else 0)
    at(timedelta(days=31))
    question_id = make_question(ada, title="A question a month later")
    at(timedelta(hours=2))
    before = points(ben)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    assert points(ben)[0] - before[0] >= 25


def test_a_thumbs_up_pays_and_its_withdrawal_takes_back(thread, ada, ben, cleo, points):
    before = points(ben)
    give_kudos(cleo, thread[1])
    assert points(ben) == (before[0] + 5, before[1] + 2)
    give_kudos(cleo, thread[1])
    assert points(ben) == (before[0] + 5, before[1] + 2)
    withdraw_kudos(cleo, thread[1])
    assert points(ben) == before


def test_a_thumbs_up_by_a_newcomer_pays_nothing(thread, ben, newcomer, points, lines):
    from common.errors import Forbidden

    before = points(ben)
    try:
        give_kudos(newcomer, thread[1])
    except Forbidden:
        return  # the forum lets nobody of rank 0 vote; the ledger's own guard is tested in tests/rules
    assert points(ben) == before
    assert lines(ben)[-1].note == "weak-voter"


def test_me_too_pays_the_asker_one_point(thread, ada, ben, cleo, points):
    before = points(ada)
    me_too(ben, thread[0])
    me_too(cleo, thread[0])
    assert points(ada) == (before[0] + 2, before[1])
    withdraw_me_too(cleo, thread[0])
    assert points(ada) == (before[0] + 1, before[1])


def _voters(count):
    """Members of rank 1 who have been here long."""
    ids = range(2001, 2001 + count)
    with unit_of_work():
        for number in ids:
            db.session.add(
                Member(
                    id=number, email=f"v{number}@example.com", email_key=f"v{number}@example.com", email_verified_at=START,
                    display_name=f"Voter {number}", name_key=f"voter {number}", slug=f"voter-{number}", language="en",
                    joined_at=START - timedelta(days=90), rank=1,
                )
            )  # fmt: skip
    return ids


def _actor(member_id):
    from common.permissions import Actor

    return Actor(
        member_id=member_id,
        role="member",
        rank=1,
        language="en",
        email_verified=True,
        joined_at=START - timedelta(days=90),
    )


def test_the_eleventh_thumbs_up_of_an_answer_pays_nothing(thread, ben, points):
    before = points(ben)
    for number in _voters(12):
        give_kudos(_actor(number), thread[1])
    assert points(ben) == (before[0] + 50, before[1] + 20)


def test_a_day_of_thumbs_up_is_capped(ada, ben, make_question, make_answer, points, at):
    voters = list(_voters(10))
    answers = []
    for number in range(4):
        at(timedelta(hours=1))
        question_id = make_question(ada, title=f"Question number {number} of the day")
        answers.append(make_answer(ben, question_id))
    at(timedelta(days=1))
    before = points(ben)
    for answer_id in answers:
        for number in voters:
            give_kudos(_actor(number), answer_id)
    after = points(ben)
    assert (after[0] - before[0], after[1] - before[1]) == (150, 60)
    accept_answer(ada, question_id, answers[-1])  # the uncapped rule is not touched by the cap
    assert points(ben)[0] - after[0] >= 25


def test_removing_and_restoring_an_answer_returns_everybody_to_the_same_sums(
    thread, ada, ben, cleo, mo, points
):
    accept_answer(ada, *thread)
    endorse_answer(mo, thread[1])
    give_kudos(cleo, thread[1])
    before = base(points, ada, ben, cleo)
    publishing.remove(mo, thread[1])
    assert points(ben) == (0, 0)
    assert points(ada)[0] == 4  # the first question remains
    clock.travel(timedelta(days=3))
    publishing.restore(mo, thread[1])
    assert base(points, ada, ben, cleo) == before


def test_points_brought_back_count_on_their_first_day(thread, ada, ben, mo, lines):
    accept_answer(ada, *thread)
    day = {line.effective_day for line in lines(ben)}
    publishing.remove(mo, thread[1])
    clock.travel(timedelta(days=3))
    publishing.restore(mo, thread[1])
    assert {line.effective_day for line in lines(ben)} == day


def test_removing_a_thread_undoes_what_its_answers_earned(thread, ada, ben, cleo, mo, points):
    accept_answer(ada, *thread)
    give_kudos(cleo, thread[1])
    before = base(points, ada, ben)
    publishing.remove(mo, thread[0])
    assert base(points, ada, ben) == [(0, 0), (0, 0)]
    publishing.restore(mo, thread[0])
    assert base(points, ada, ben) == before


def test_a_thread_that_comes_back_does_not_bring_back_its_removed_answer(thread, ada, ben, mo, points):
    accept_answer(ada, *thread)
    publishing.remove(mo, thread[1])
    publishing.remove(mo, thread[0])
    publishing.restore(mo, thread[0])
    assert points(ben) == (0, 0)
    publishing.restore(mo, thread[1])
    assert points(ben)[0] >= 25


def test_withdrawing_ones_own_answer_takes_its_points(thread, ada, ben, cleo, points):
    give_kudos(cleo, thread[1])
    withdraw_post(ben, thread[1])
    assert points(ben) == (0, 0)


def test_first_steps_are_paid_once_in_a_lifetime(ada, ben, make_question, make_answer, points, mo, at):
    question_id = make_question(ada)
    assert points(ada) == (4, 0)
    make_question(ada, title="Another question of the same person")
    assert points(ada) == (4, 0)
    answer_id = make_answer(ben, question_id)
    assert points(ben) == (8, 5)
    make_answer(ben, question_id, body="And another thing that helps with this machine.")
    assert points(ben) == (8, 5)
    publishing.remove(mo, answer_id)
    assert points(ben) == (0, 0)


def test_the_database_refuses_to_change_or_delete_a_line(thread, ada, lines):
    accept_answer(ada, *thread)
    for statement in ("UPDATE ledger_entry SET granted = 0", "DELETE FROM ledger_entry"):
        with pytest.raises(DatabaseError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_points_leave_no_trace_when_the_act_fails(thread, ada, ben, points, lines, monkeypatch):
    before, count = points(ben), len(lines())
    with pytest.raises(RuntimeError), unit_of_work():
        accept_answer(ada, *thread)
        raise RuntimeError
    assert points(ben) == before
    assert len(lines()) == count


def test_replaying_every_fact_in_any_order_adds_no_line(thread, ada, ben, cleo, mo, lines):
    from forum import events
    from rewards.handlers import TABLE

    question_id, answer_id = thread
    accept_answer(ada, question_id, answer_id)
    unaccept_answer(ada, question_id)
    give_kudos(cleo, answer_id)
    withdraw_kudos(cleo, answer_id)
    give_kudos(cleo, answer_id)
    endorse_answer(mo, answer_id)
    count = len(lines())
    me, her = ben.member_id, ada.member_id
    replayed = [
        events.AnswerAccepted(question_id, answer_id, me, her, her),
        events.AnswerUnaccepted(question_id, answer_id, me, her, her),
        events.KudosWithdrawn(answer_id, me, cleo.member_id, 1),
        events.KudosGiven(answer_id, me, cleo.member_id, 1),
        events.KudosGiven(answer_id, me, cleo.member_id, 2),
        events.AnswerEndorsed(answer_id, question_id, me, mo.member_id),
        events.AnswerPublished(answer_id, question_id, me, False),
        events.PostRestored(answer_id, question_id, me, None),
    ]
    for order in (replayed, list(reversed(replayed))):
        with unit_of_work():
            for fact in order:
                TABLE[type(fact)](fact)
    assert len(lines()) == count


def test_the_figures_on_the_member_follow(thread, ada, ben, at):
    accept_answer(ada, *thread)
    read = select(Member.points, Member.points_available).where(Member.id == ben.member_id)
    assert tuple(db.session.execute(read).one()) == (33, 0)
    at(timedelta(hours=72))
    from rewards.ledger.balances import mature_due

    assert mature_due() >= 1
    assert tuple(db.session.execute(read).one()) == (33, 30)
    assert SYSTEM.is_system


def test_a_question_that_was_removed_is_named_to_its_author_alone(app, thread, ada, ben, mo, client, sign_in):
    accept_answer(ada, *thread)
    title = db.session.get(Question, thread[0]).title
    with unit_of_work():
        publishing.reject(mo, thread[0])
    for who, named in ((ben, False), (ada, True)):
        sign_in(who)
        for page in ("/en/rewards", "/en/rewards/statement", "/en/rewards/statement.csv"):
            assert (title in client.get(page).text) is named, (who, page)
