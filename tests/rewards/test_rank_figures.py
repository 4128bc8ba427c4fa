"""What ranks measure of posts is kept written, equals what can be counted after any act, and costs a page the same however
much somebody wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from common import jobs
from common.db import db
from common.health import findings
from common.unit_of_work import unit_of_work
from forum.housekeeping.merging import merge_question
from forum.questions import publishing
from forum.reactions.voting import give_kudos, withdraw_kudos
from forum.solutions.accepting import accept_answer, unaccept_answer
from rewards.ranks import metrics
from rewards.ranks.measuring import counting
from rewards.ranks.models import RankFigures
from rewards.ranks.queries import progress
from tests.conftest import START


@pytest.fixture
def thread(app, at, ada, ben, cleo, make_question, make_answer):
    """A question of ada's with an answer by ben and one by cleo."""
    at(START)
    question_id = make_question(ada)
    at(timedelta(hours=2))
    return question_id, make_answer(ben, question_id), make_answer(cleo, question_id)


def measured(who):
    db.session.rollback()
    return metrics.of([who.member_id])[who.member_id]


def test_they_follow_every_act_also_for_whoever_else_answered(
    thread, ada, ben, cleo, mo, drain, make_question
):
    question_id, answer_id, other_id = thread
    acts = (
        lambda: accept_answer(ada, question_id, answer_id),
        lambda: give_kudos(ada, other_id),
        lambda: withdraw_kudos(ada, other_id),
        lambda: unaccept_answer(ada, question_id),
        lambda: accept_answer(ada, question_id, other_id),
        lambda: publishing.remove(mo, other_id),
        lambda: publishing.restore(mo, other_id),
        lambda: merge_question(mo, question_id, make_question(ada, title="The very same trouble")),
    )
    drain()
    for number, act in enumerate(acts):
        act()
        drain()
        assert counting.drifted() == [], number
    assert db.session.scalar(select(RankFigures.answers).where(RankFigures.member_id == ben.member_id)) == 1


def test_a_solution_counts_against_the_other_answers_of_its_thread(thread, ada, ben, cleo, drain):
    accept_answer(ada, thread[0], thread[1])
    drain()
    assert measured(ben)["acceptance_ratio"] == 1 and measured(ben)["answers_accepted"] == 1
    assert measured(cleo)["acceptance_ratio"] == 0 and measured(cleo)["answers_published"] == 1


def test_what_drifted_is_found_by_doctor_and_put_right_at_night(thread, ben, drain):
    drain()
    with unit_of_work():
        db.session.execute(update(RankFigures).where(RankFigures.member_id == ben.member_id).values(votes=77))
    (finding,) = [one for one in findings() if one.name == "rank figures"]
    assert not finding.well and "Run:" in finding.advice
    with unit_of_work():
        jobs.enqueue("rewards.standing", {"member_id": ben.member_id})
    assert next(one for one in findings() if one.name == "rank figures").well, "it is about to be counted"
    assert counting.drifted() == [ben.member_id]
    assert counting.put_right() == 1 and counting.put_right() == 0
    assert measured(ben)["useful_votes_received"] == 0


def test_nobody_who_is_not_written_down_yet_is_shown_zeros(thread, ben, drain):
    drain()
    with unit_of_work():
        db.session.execute(RankFigures.__table__.delete())
    assert measured(ben)["answers_published"] == 1
    (finding,) = [one for one in findings() if one.name == "rank figures"]
    assert finding.well, "a site that was brought up to date has no fault before its first night"
    assert counting.put_right() >= 2


def test_a_page_reads_one_row_of_posts(thread, ben, drain, count_queries):
    drain()
    with count_queries() as seen:
        progress(ben.member_id)
    assert not [one for one in seen if "kudos_count" in one]
    assert len([one for one in seen if "rank_figures" in one]) == 1
