"""Every cause of points holds in the forum, what goes with a cause goes with it, and what ends is said before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accounts.notifications.models import Notification
from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Kudos, Question
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.accepting import accept_answer, unaccept_answer
from moderation.escalation.models import StageRow
from moderation.escalation.rules import Stage
from moderation.flags import settling as reports
from moderation.flags.models import Flag
from moderation.flags.rules import Came, FlagReason
from rewards import jobs as reward_jobs
from rewards.ledger import booking, expiring, verifying
from rewards.ledger.queries import statement
from rewards.ledger.rules import Amounts, Cause, CauseType
from tests.conftest import START


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def thread(ada, ben, make_question, make_answer, at):
    question_id = make_question(ada)
    at(timedelta(hours=2))
    return question_id, make_answer(ben, question_id)


def test_every_cause_is_alive_until_the_forum_and_the_ledger_disagree(thread, ada, ben, mo, caplog):
    me_too(ben, thread[0])
    give_kudos(ada, thread[1])
    accept_answer(ada, *thread)
    assert list(verifying.all_faults()) == []
    reward_jobs.verify()
    assert not caplog.records
    with unit_of_work():
        db.session.execute(update(Kudos).where(Kudos.post_id == thread[1]).values(withdrawn_at=START))
    (dead,) = {fault.what.partition("(")[2] for fault in verifying.all_faults()}
    assert dead.startswith("kudos:")
    with unit_of_work():
        db.session.execute(
            update(Question)
            .where(Question.id == thread[0])
            .values(accepted_answer_id=None, accepted_at=None, accepted_how=None)
        )
    assert len(list(verifying.dead_causes())) >= 4
    reward_jobs.verify()
    assert caplog.records
    with unit_of_work():  # as they were, for what every test asks at its end
        db.session.execute(update(Kudos).where(Kudos.post_id == thread[1]).values(withdrawn_at=None))


def test_the_first_solution_marked_stays_when_it_is_unmarked_and_goes_with_the_answer(
    thread, ada, mo, points
):
    accept_answer(ada, *thread)
    unaccept_answer(ada, thread[0])
    assert points(ada) == (4 + 4, 0), "first question, first solution marked: once in a lifetime"
    assert list(verifying.all_faults()) == []
    publishing.remove(mo, thread[1])
    assert points(ada) == (4, 0) and list(verifying.all_faults()) == []
    publishing.restore(mo, thread[1])
    assert points(ada) == (4 + 4, 0) and list(verifying.all_faults()) == []


def called_for_help(question_id, stage, at):
    with unit_of_work():
        db.session.add(StageRow(question_id=question_id, cycle=1, stage=stage, due_at=at, recorded_at=at))


@pytest.mark.parametrize(
    ("stage", "minutes", "extra"),
    [(Stage.SUPER_USERS, 60, 10), (Stage.STAFF, 60, 10), (Stage.VISIBLE, 60, 0), (Stage.STAFF, 180, 0)],
)
def test_a_solution_after_experts_were_called_is_a_rescue(stage, minutes, extra, thread, ada, ben, points):
    called_for_help(thread[0], stage, START + timedelta(minutes=minutes))
    before = points(ben)
    accept_answer(ada, *thread)
    assert points(ben) == (before[0] + 25 + extra, before[1] + 25 + extra)
    unaccept_answer(ada, thread[0])
    assert points(ben) == before


def report(who, post_id, reason=FlagReason.INSULT):
    with unit_of_work():
        db.session.add(
            Flag(
                post_id=post_id, version=1, flagger_id=who.member_id, reason=reason,
                active_key=f"{post_id}:{who.member_id}:{reason}", created_at=START,
            )
        )  # fmt: skip


def test_a_report_that_was_right_pays_once_a_post_and_never_a_wrong_one(thread, ben, cleo, sam, points):
    answer_id = thread[1]
    for who, reason in (
        (cleo, FlagReason.INSULT),
        (cleo, FlagReason.OTHER),
        (sam, FlagReason.INSULT),
    ):
        report(who, answer_id, reason)
    with unit_of_work():
        reports.settle(answer_id, None, Came.TAKEN)
    assert points(cleo) == (2, 0)
    assert points(sam) == (0, 0)
    assert "you were right" in str(statement(cleo.member_id).items[0].what)
    report(ben, thread[0])
    before = points(ben)
    with unit_of_work():
        reports.settle(thread[0], None, Came.KEPT)
    assert points(ben) == before


def test_the_points_of_a_report_stay_when_what_it_named_is_removed(thread, cleo, mo, points):
    from forum.questions import publishing

    report(cleo, thread[1])
    with unit_of_work():
        reports.settle(thread[1], None, Came.TAKEN)
    publishing.remove(mo, thread[1])
    assert points(cleo) == (2, 0)
    assert list(verifying.all_faults()) == []


def told(who):
    query = select(Notification.params).where(
        Notification.kind == "points-expiring", Notification.member_id == who.member_id
    )
    return [params["points"] for params in db.session.scalars(query.order_by(Notification.id))]


def test_points_that_end_are_announced_thirty_and_seven_days_before_and_once(ben, at):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 40), "gift", "For the test")
    at(timedelta(hours=1))
    booking.spend(ben, 15, Cause(CauseType.COUPON, "1"))
    at(START + timedelta(days=334))
    expiring.warn_expiring()
    assert told(ben) == []
    at(START + timedelta(days=336))
    for _ in range(2):
        expiring.warn_expiring()
    assert told(ben) == [25]
    at(START + timedelta(days=350))
    expiring.warn_expiring()
    assert told(ben) == [25]
    at(START + timedelta(days=359))
    for _ in range(2):
        expiring.warn_expiring()
    assert told(ben) == [25, 25]


def test_nobody_is_warned_of_what_is_spent(ben, at):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 40), "gift", "For the test")
    booking.spend(ben, 40, Cause(CauseType.COUPON, "1"))
    at(START + timedelta(days=360))
    expiring.warn_expiring()
    assert told(ben) == []
