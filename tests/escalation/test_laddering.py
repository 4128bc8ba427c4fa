"""The clock of a question: it starts, steps on, stops, resumes, and never does a thing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.screening import Screening
from moderation.escalation import casework, clocks, laddering, prioritising
from moderation.escalation.models import Case, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import CaseState, Priority, Stage
from moderation.escalation.sla_rules import Metric, Standing
from moderation.routing import assigning
from moderation.targets.models import CategoryLadder

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Paris."""


@pytest.fixture
def asked(app, at, ada, make_question):
    """A question asked on Monday at ten."""
    at(MONDAY)
    return make_question(ada)


def ladder(question_id):
    return db.session.get(Ladder, question_id, populate_existing=True)


def stages(question_id):
    rows = db.session.scalars(
        db.select(StageRow).where(StageRow.question_id == question_id).order_by(StageRow.id)
    )
    return [(row.stage, row.due_at) for row in rows]


def case(question_id):
    found = ladder(question_id)
    return casework.case_of(question_id, found.cycle)


def test_a_published_question_has_a_clock(asked):
    found = ladder(asked)
    assert found.started_at == MONDAY
    assert found.priority is Priority.NORMAL
    assert found.due_at == MONDAY + timedelta(hours=1)


def test_a_held_question_has_none(app, at, ada, make_question, monkeypatch):
    monkeypatch.setattr(
        publishing, "_screener", lambda s: Screening(s.title, s.body, reasons=("first_posts",))
    )
    question_id = make_question(ada)
    assert ladder(question_id) is None
    at(timedelta(hours=3))
    with unit_of_work():
        publishing.release(_system(), question_id)
    assert ladder(question_id).started_at == clock.now()


def _system():
    from common.permissions import SYSTEM

    return SYSTEM


def test_nobody_answers_and_every_stage_comes_at_its_time(asked, at):
    expected = {
        Stage.VISIBLE: timedelta(hours=1),
        Stage.SUPER_USERS: timedelta(hours=2),
        Stage.STAFF: timedelta(hours=4),
        Stage.ASSIGNED: timedelta(hours=5),
        Stage.WARNING: timedelta(hours=6),
        Stage.BREACH: timedelta(hours=8),
    }
    for stage, after in expected.items():
        at(MONDAY + after - timedelta(seconds=1))
        laddering.sweep()
        assert stage not in dict(stages(asked))
        at(MONDAY + after + timedelta(seconds=15))
        laddering.sweep()
        assert dict(stages(asked))[stage] == MONDAY + after
    assert case(asked).due_at == MONDAY + timedelta(hours=8)


def test_a_sweep_twice_does_nothing_more(asked, at):
    at(MONDAY + timedelta(hours=9))
    laddering.sweep()
    seen = stages(asked), db.session.scalar(db.select(db.func.count(SlaEvent.id)))
    laddering.sweep()
    assert (stages(asked), db.session.scalar(db.select(db.func.count(SlaEvent.id)))) == seen


def test_an_answer_stops_the_clock(asked, at, ben, make_answer):
    at(MONDAY + timedelta(minutes=30))
    make_answer(ben, asked)
    assert ladder(asked).stop_cause == "answered"
    assert ladder(asked).due_at is None
    at(MONDAY + timedelta(days=3))
    laddering.sweep()
    assert stages(asked) == []
    assert clocks.reading_of(ladder(asked), Metric.FIRST_REPLY_ANY).standing is Standing.MET


@pytest.mark.parametrize(
    "body", ["Me too, same problem here", "Thanks a lot for your help!", "Which model is it exactly, please?"]
)
def test_thanks_me_too_and_questions_back_stop_nothing(asked, ben, make_answer, body):
    make_answer(ben, asked, body=body)
    assert ladder(asked).stopped_at is None


def test_the_askers_own_answer_stops_nothing(asked, ada, make_answer):
    make_answer(ada, asked)
    assert ladder(asked).stopped_at is None


def test_a_hidden_answer_stops_nothing(asked, ben, make_answer, monkeypatch):
    monkeypatch.setattr(publishing, "_screener", lambda s: Screening(s.title, s.body, reasons=("links",)))
    make_answer(ben, asked)
    assert ladder(asked).stopped_at is None


def test_when_the_sole_answer_goes_the_clock_resumes_from_its_original_start(asked, at, mo, ben, make_answer):
    at(MONDAY + timedelta(minutes=30))
    answer_id = make_answer(ben, asked)
    at(MONDAY + timedelta(hours=3))
    with unit_of_work():
        publishing.remove(mo, answer_id)
    found = ladder(asked)
    assert (found.stopped_at, found.answered_at, found.started_at) == (None, None, MONDAY)
    assert found.due_at == MONDAY + timedelta(hours=1)
    laddering.sweep()
    assert dict(stages(asked)) == {
        Stage.VISIBLE: MONDAY + timedelta(hours=1),
        Stage.SUPER_USERS: MONDAY + timedelta(hours=2),
    }
    assert ladder(asked).due_at == MONDAY + timedelta(hours=4)


def test_a_restored_answer_stops_it_again(asked, at, mo, ben, make_answer):
    answer_id = make_answer(ben, asked)
    for act in (publishing.remove, publishing.restore):
        at(timedelta(minutes=5))
        with unit_of_work():
            act(mo, answer_id)
    assert ladder(asked).stop_cause == "answered"


def test_one_of_two_answers_gone_changes_nothing(asked, mo, ben, cleo, make_answer):
    first = make_answer(ben, asked)
    make_answer(cleo, asked)
    with unit_of_work():
        publishing.remove(mo, first)
    assert ladder(asked).stop_cause == "answered"


def test_an_answer_cancels_a_case_nobody_has_taken_and_its_going_revives_it(asked, at, mo, ben, make_answer):
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    assert case(asked).state is CaseState.QUEUED
    answer_id = make_answer(ben, asked)
    assert case(asked).state is CaseState.CANCELLED
    with unit_of_work():
        publishing.hide(mo, answer_id)
    assert case(asked).state is CaseState.QUEUED
    assert ladder(asked).due_at == MONDAY + timedelta(hours=5)


def test_an_answer_leaves_a_taken_case_with_its_agent(asked, at, ben, sam, make_answer):
    at(MONDAY + timedelta(hours=5, minutes=1))
    assigning.note_here(sam)
    laddering.sweep()
    assert case(asked).state is CaseState.ASSIGNED
    make_answer(ben, asked)
    assert case(asked).state is CaseState.ASSIGNED
    assert ladder(asked).stopped_at is None
    at(MONDAY + timedelta(hours=8, minutes=1))
    laddering.sweep()
    assert Stage.BREACH in dict(stages(asked))
    assert clocks.reading_of(ladder(asked), Metric.FIRST_REPLY_ANY).standing is Standing.MET
    assert clocks.reading_of(ladder(asked), Metric.FIRST_REPLY_STAFF).standing is Standing.BREACHED


def test_danger_reaches_the_team_at_once_and_at_night(app, at, ada, make_question):
    night = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    at(night)
    question_id = make_question(ada, title="Smoke and sparks behind the dishwasher")
    found = ladder(question_id)
    assert (found.priority, found.is_danger) == (Priority.URGENT, True)
    assert dict(stages(question_id)) == {Stage.STAFF: night}
    assert case(question_id).state is CaseState.QUEUED


def test_a_peers_answer_does_not_close_a_danger(app, at, ada, ben, make_question, make_answer):
    at(MONDAY)
    question_id = make_question(ada, title="Smoke and sparks behind the dishwasher")
    make_answer(ben, question_id)
    assert case(question_id).state is CaseState.QUEUED
    at(MONDAY + timedelta(hours=1))
    laddering.sweep()
    assert Stage.BREACH in dict(stages(question_id))


def test_words_of_danger_that_an_edit_brings_reach_the_team_at_once(asked, at, ada):
    at(MONDAY + timedelta(minutes=10))
    with unit_of_work():
        from forum.categories.models import Category
        from forum.questions.models import Question

        question = db.session.get(Question, asked)
        publishing.submit_edit(
            ada,
            question,
            question.title,
            question.body + " Now there is smoke.",
            db.session.get(Category, 1),
            "",
            1,
        )
    assert ladder(asked).is_danger
    assert case(asked) is not None


def test_in_the_lounge_nothing_reaches_the_team(app, at, ada, make_question):
    at(MONDAY)
    question_id = make_question(ada, category_id=3)
    at(MONDAY + timedelta(days=9))
    laddering.sweep()
    assert list(dict(stages(question_id))) == [Stage.VISIBLE]


def test_a_category_can_be_faster(app, at, ada, make_question):
    at(MONDAY)
    with unit_of_work():
        db.session.add(CategoryLadder(category_id=1, factor=0.5))
    question_id = make_question(ada, category_id=1)
    assert ladder(question_id).due_at == MONDAY + timedelta(minutes=30)


def test_a_changed_setting_counts_for_new_questions_only(asked, at, ada, make_question, settings_override):
    with settings_override(escalation__normal_visible=10):
        other = make_question(ada, title="Another thing entirely is broken")
        laddering.settle(asked)
        assert ladder(asked).due_at == MONDAY + timedelta(hours=1)
        assert ladder(other).due_at == MONDAY + timedelta(minutes=10)


def test_a_late_clock_catches_up_with_true_times_and_tells_once(asked, at, drain, sam, max_):
    from accounts.notifications.models import Notification

    at(MONDAY + timedelta(hours=10))
    laddering.sweep()
    assert [due for _stage, due in stages(asked)] == [MONDAY + timedelta(hours=h) for h in (1, 2, 4, 5, 6, 8)]
    at(timedelta(minutes=2))
    drain()
    told = db.session.scalars(
        db.select(Notification).where(Notification.member_id.in_([sam.member_id, max_.member_id]))
    )
    assert sorted((n.member_id, n.kind) for n in told) == [
        (sam.member_id, "cases-caught-up"),
        (max_.member_id, "cases-caught-up"),
    ]


def test_one_bad_row_is_pushed_back_and_the_others_go_on(asked, at, ada, make_question, monkeypatch):
    other = make_question(ada, title="Another thing entirely is broken")
    true = laddering.clocks.climb_of

    def broken(row, *rest, **more):
        if row.question_id == asked:
            raise ValueError("a row nobody expected")
        return true(row, *rest, **more)

    monkeypatch.setattr(laddering.clocks, "climb_of", broken)
    at(MONDAY + timedelta(hours=1, seconds=5))
    laddering.sweep()
    assert list(dict(stages(other))) == [Stage.VISIBLE]
    assert ladder(asked).failure_count == 1
    assert ladder(asked).due_at > clock.now()
    monkeypatch.undo()
    at(timedelta(minutes=6))
    laddering.sweep()
    assert dict(stages(asked)) == {Stage.VISIBLE: MONDAY + timedelta(hours=1)}
    assert ladder(asked).failure_count == 0


def test_a_step_that_fails_leaves_no_trace(asked, at, monkeypatch):
    at(MONDAY + timedelta(hours=4, seconds=5))
    monkeypatch.setattr(laddering.stepping, "tell_of", _explode)
    before = ladder(asked).version
    with pytest.raises(ZeroDivisionError):
        laddering.advance(asked)
    db.session.rollback()
    assert (stages(asked), ladder(asked).version, db.session.scalar(db.select(Case.id))) == ([], before, None)


def _explode(*_args, **_more):
    raise ZeroDivisionError


def test_a_closed_question_stops_and_a_reopened_one_begins_a_new_cycle(asked, at, mo):
    from forum.solutions.closing import close_question, reopen_question

    close_question(mo, asked, reason="off_topic")
    assert ladder(asked).stop_cause == "closed"
    at(MONDAY + timedelta(days=1))
    reopen_question(mo, asked)
    found = ladder(asked)
    assert (found.cycle, found.started_at, found.stopped_at) == (2, clock.now(), None)


def test_a_removed_question_stops_and_a_restored_one_goes_on(asked, at, mo):
    at(MONDAY + timedelta(hours=4, seconds=9))
    laddering.sweep()
    with unit_of_work():
        publishing.hide(mo, asked)
    assert (ladder(asked).stop_cause, case(asked).state) == ("gone", CaseState.CANCELLED)
    with unit_of_work():
        publishing.restore(mo, asked)
    assert (ladder(asked).stop_cause, case(asked).state) == (None, CaseState.QUEUED)


def test_me_too_raises_the_priority_and_keeps_the_start(asked, at):
    from forum.questions.models import Question

    at(MONDAY + timedelta(hours=5))
    laddering.sweep()
    with unit_of_work():
        db.session.get(Question, asked).me_too_count = 40
        db.session.get(Question, asked).view_count = 900
    prioritising.rescore(asked)
    found = ladder(asked)
    assert (found.priority, found.started_at, found.retargeted_at) == (Priority.HIGH, MONDAY, clock.now())
    laddering.sweep()
    assert dict(stages(asked))[Stage.BREACH] == clock.now()
    breach = db.session.scalar(db.select(SlaEvent).where(SlaEvent.type == "breach"))
    assert (breach.at, breach.retargeted) == (clock.now(), True)


def test_staff_overrule_the_priority_with_a_reason_and_it_stays(asked, sam, ada):
    from common.errors import Forbidden, Invalid

    with pytest.raises(Forbidden):
        prioritising.set_priority(ada, asked, Priority.URGENT, "because")
    with pytest.raises(Invalid):
        prioritising.set_priority(sam, asked, Priority.URGENT, " ")
    prioritising.set_priority(sam, asked, Priority.HIGH, "the shop called")
    prioritising.rescore(asked)
    assert ladder(asked).priority is Priority.HIGH


def test_new_words_of_danger_count_whatever_somebody_had_chosen_before(asked, ada, sam):
    from forum.questions.editing import edit_post

    def say(body, version):
        edit_post(ada, asked, title="Error E24 on my washing machine", body=body, version=version, reason="")
        return ladder(asked).priority, ladder(asked).is_danger

    assert say("A little smoke came out of it on Sunday.", 1) == (Priority.URGENT, True)
    prioritising.set_priority(sam, asked, Priority.LOW, "steam, by the picture")
    assert say("A little smoke came out of it on Sunday evening.", 2) == (Priority.LOW, False)
    assert say("A little smoke came out of it, and now there are flames.", 3) == (Priority.URGENT, True)
    prioritising.set_priority(sam, asked, Priority.LOW, "the flames of a candle")
    prioritising.rescore(asked)
    assert ladder(asked).priority is Priority.LOW


@pytest.mark.parametrize("batch", [2, 200])
def test_every_open_question_is_weighed_anew_each_quarter(
    app, at, ada, make_question, monkeypatch, caplog, batch
):
    from forum.solutions import walking

    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(prioritising, "BATCH", batch)
    at(MONDAY)
    ids = [make_question(ada, title=f"Thing number {n} is broken once more") for n in range(5)]
    with unit_of_work():  # a row nobody expected
        update_where(Ladder, Ladder.question_id == ids[0], score_parts=[{"key": "danger"}])
    at(MONDAY + timedelta(minutes=15))
    assert prioritising.rescore_open() == 4
    assert [ladder(one).rescored_at == clock.now() for one in ids] == [False, True, True, True, True]
    assert f"question {ids[0]} could not be settled" in caplog.text


def test_points_that_were_weighed_before_somebody_else_had_it_are_not_written(asked, sam, at):
    at(timedelta(minutes=15))
    weighed = prioritising._calm([asked])
    assert [one["of_question"] for one in weighed] == [asked]
    prioritising.set_priority(sam, asked, Priority.HIGH, "the shop called")
    before = ladder(asked).rescored_at
    with unit_of_work():
        db.session.connection().execute(prioritising._WRITE_POINTS, weighed)
    assert ladder(asked).rescored_at == before
    assert prioritising.rescore_open() == 1 and ladder(asked).priority is Priority.HIGH
