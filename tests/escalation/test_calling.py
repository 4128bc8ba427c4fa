"""Calling the team before its time, and when it is not told at all: who may, how often, and what everybody reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common.db import db, update_where
from common.errors import Conflict, Forbidden
from common.unit_of_work import unit_of_work
from forum.products.models import Product
from forum.questions.models import Question
from forum.solutions.accepting import accept_answer
from moderation.calling import calling
from moderation.escalation import cases, casework, laddering
from moderation.escalation.models import CaseEvent, Ladder, StageRow
from moderation.escalation.rules import CaseState, Stage
from moderation.targets import checking

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def asked(app, at, ada, make_question):
    at(MONDAY)
    return make_question(ada)


def case(question_id):
    return casework.case_of(question_id, 1)


def stages():
    return set(db.session.scalars(db.select(StageRow.stage)))


def test_the_asker_calls_after_a_day(asked, at, ada, sam):
    with unit_of_work():
        update_where(Ladder, Ladder.question_id == asked, with_staff=False)
        laddering.aim(laddering.load(asked))
    at(timedelta(hours=3))
    with pytest.raises(Forbidden, match="from 3 March 2026, 10:00 on"):
        calling.call(ada, asked)
    assert case(asked) is None
    at(timedelta(hours=21))
    case_id = calling.call(ada, asked)
    assert calling.call(ada, asked) == case_id, "twice is once"
    assert case(asked).state is CaseState.QUEUED
    assert db.session.get(Ladder, asked, populate_existing=True).with_staff
    called = db.session.scalars(db.select(CaseEvent.actor_id).where(CaseEvent.kind == "called")).all()
    assert called == [ada.member_id]
    told = db.session.scalars(
        db.select(Notification.member_id).where(Notification.kind == "case-opened")
    ).all()
    assert told == [sam.member_id]
    assert checking.faults() == []


@pytest.mark.parametrize("name", ["ben", "zed", "cleo", "mo"])
def test_others_do_not(asked, at, request, name):
    at(timedelta(hours=2))
    with pytest.raises(Forbidden):
        calling.call(request.getfixturevalue(name), asked)
    assert case(asked) is None


NOW = {"escalation__asker_calls_after": 0}


def test_three_a_day(app, at, ada, make_question, settings_override):
    at(MONDAY)
    ids = [make_question(ada, title=f"Thing number {n} is broken once more") for n in range(4)]
    with settings_override(**NOW):
        for one in ids[:3]:
            calling.call(ada, one)
        with pytest.raises(Forbidden, match="enough questions today"):
            calling.call(ada, ids[3])
        assert case(ids[3]) is None
        at(timedelta(hours=24, minutes=1))
        assert calling.call(ada, ids[3])


def test_nobody_calls_where_somebody_answered_or_the_team_has_it(
    asked, at, ada, ben, mo, make_answer, settings_override
):
    with settings_override(**NOW):
        cases.open_by_hand(mo, asked)
        with pytest.raises(Forbidden, match="has this question already"):
            calling.call(ada, asked)
        make_answer(ben, asked)
        with pytest.raises((Forbidden, Conflict)):
            calling.call(ada, asked)


def test_the_page_says_what_happens_or_why_not_now(app, asked, at, sign_in, ada, ben, settings_override):
    at(timedelta(minutes=1))
    thread, address = f"/en/questions/{asked}/-", f"/en/questions/{asked}/call-the-team"
    read = lambda who: sign_in(who).get(thread, follow_redirects=True).text  # noqa: E731
    assert "call-the-team" not in read(ada)
    assert "others may know the answer" in sign_in(ada).get(address).text
    assert sign_in(ben).post(address).status_code == 403
    page = app.test_client().get(address).text
    assert f"/en/sign-in?next=/en/questions/{asked}/call-the-team" in page and "your text" not in page
    with settings_override(**NOW):
        assert "call-the-team" in read(ada)
        assert "call-the-team" not in read(ben)
        assert sign_in(ada).post(address).status_code == 303
        page = read(ada)
    assert "A person of the team answers before" in page
    assert "call-the-team" not in page


@pytest.mark.parametrize("late", [False, True])
def test_everybody_reads_whether_the_promise_was_kept(asked, at, mo, sam, sign_in, ada, late):
    case_id = cases.open_by_hand(mo, asked)
    at(timedelta(hours=30 if late else 1))
    laddering.sweep()
    cases.answer_officially(sam, case_id, "Clean the small filter behind the hatch, then run a short cycle.")
    page = sign_in(ada).get(f"/en/questions/{asked}/-", follow_redirects=True).text
    assert ("later than it had promised" in page) is late
    assert ("within the time it had promised" in page) is not late


# --- when the team is not told -----------------------------------------------------------------------------------------


def test_nobody_is_told_of_a_question_whose_asker_is_gone(asked, at, ada):
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=MONDAY)
    at(timedelta(days=2))
    laddering.sweep()
    assert stages() == {Stage.VISIBLE, Stage.SUPER_USERS}
    assert db.session.get(Ladder, asked, populate_existing=True).skip_cause == "asker"
    assert checking.faults() == []


def test_nor_of_one_that_is_too_old(asked, at, settings_override):
    with unit_of_work():
        update_where(Ladder, Ladder.question_id == asked, factor=20.0)
        laddering.aim(laddering.load(asked))
    at(timedelta(days=30))
    laddering.sweep()
    assert Stage.STAFF not in stages()
    assert db.session.get(Ladder, asked, populate_existing=True).skip_cause == "old"


def test_danger_is_never_passed_over(app, at, ada, make_question):
    at(MONDAY)
    asked = make_question(ada, title="Smoke comes out of the dryer")
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=MONDAY)
    laddering.sweep()
    assert case(asked) is not None


def test_products_without_team(app, at, ada, make_question, settings_override):
    at(MONDAY)
    asked = make_question(ada)
    with unit_of_work():
        product = Product(key="OLD-1", slug="old-1", name="Old one", category_id=1)
        db.session.add(product)
        db.session.flush()
        update_where(Question, Question.id == asked, product_id=product.id)
    at(timedelta(hours=5))
    with settings_override(escalation__products_without_team=["OLD-1"]):
        laddering.sweep()
    assert case(asked) is None
    assert db.session.get(Ladder, asked, populate_existing=True).skip_cause == "product"


def test_experienced_members_are_not_woken_at_night(
    app, at, ada, cleo, make_question, make_answer, drain, outbox
):
    """Stage E3 comes at its time, day and night; what leaves the house waits for the morning."""
    at(MONDAY)
    solved = make_question(ada, title="The first thing that is broken")
    answer_id = make_answer(cleo, solved)
    accept_answer(ada, solved, answer_id)
    at(datetime(2026, 3, 2, 20, 30, tzinfo=UTC))
    make_question(ada, title="The second thing that is broken")
    at(datetime(2026, 3, 2, 22, 35, tzinfo=UTC))
    laddering.sweep()
    assert db.session.scalar(db.select(Notification.id).where(Notification.kind == "help-wanted"))
    drain()
    assert not [
        mail for mail in outbox() if "second thing" in mail["Subject"] and mail["To"] == "cleo@example.com"
    ]
