"""What is promised: policies chosen, versioned and ordered; each promise begins, rests, is kept or late, and says so once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.notifications.models import Notification
from common import clock
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.questions.commenting import comment_on
from forum.solutions.accepting import accept_answer
from moderation.calendars import keeping as calendars
from moderation.escalation import cases, casework, clocks, laddering, prioritising
from moderation.escalation.models import Case, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import CaseState, Priority, Stage
from moderation.escalation.sla_rules import Metric, SlaType, Standing, evaluate
from moderation.targets import categories, checking, choosing, keeping, promises
from moderation.targets.models import FALLBACK, SlaApplied, SlaPolicy, SlaVersion
from moderation.targets.rules import Field, Filter, usual_goals

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Paris."""
FAST = {Priority.URGENT: 10, Priority.HIGH: 20, Priority.NORMAL: 30, Priority.LOW: 40}
NOTE = "We have asked the laboratory and come back to you."


def fast(name="Coffee", wanted=None, **more):
    goals = {metric: replace(goal, minutes=FAST) for metric, goal in usual_goals().items()} | more
    return keeping.Draft(name, Filter(wanted=wanted or {Field.CATEGORY: ("1",)}), goals)


def ladder(question_id):
    return db.session.get(Ladder, question_id, populate_existing=True)


def standing(question_id, metric, number=1):
    found = ladder(question_id)
    events = promises.instances(question_id, found.cycle).get((metric, number))
    if events is None:
        return None
    return evaluate(clocks.policy_for(found).promise(metric, found.factor), events, clock.now()).standing


def alarms(question_id, metric):
    query = db.select(SlaEvent.instance, SlaEvent.type, SlaEvent.at).where(
        SlaEvent.question_id == question_id, SlaEvent.metric == metric, SlaEvent.type.in_((SlaType.WARN, SlaType.BREACH))
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(query.order_by(SlaEvent.id))]


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


@pytest.fixture
def worked_on(app, at, ada, sam, make_question):
    """A case that sam has taken and answered in a comment once."""
    at(MONDAY)
    question_id = make_question(ada)
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    case = casework.case_of(question_id, 1)
    cases.take(sam, case.id)
    return question_id, case.id


@pytest.fixture(autouse=True)
def _nothing_drifts(app):
    """Whatever a test did: recomputed from the events, every clock says the same."""
    yield
    laddering.sweep()
    assert checking.faults() == []


# --- policies ---------------------------------------------------------------------------------------------------------


def test_the_first_policy_that_fits_counts_and_is_written_down(app, at, ada, max_, make_question):
    made = keeping.create(max_, fast(), "Coffee cannot wait")
    at(MONDAY)
    coffee, other = (
        make_question(ada, category_id=1),
        make_question(ada, title="The other thing broke", category_id=2),
    )
    assert clocks.reading_of(ladder(coffee), Metric.FIRST_REPLY_ANY).target == timedelta(minutes=30)
    assert clocks.reading_of(ladder(other), Metric.FIRST_REPLY_ANY).target == timedelta(minutes=480)
    rows = dict(db.session.execute(db.select(SlaApplied.question_id, SlaApplied.policy_id)).all())
    fallback = db.session.scalar(db.select(SlaPolicy.id).where(SlaPolicy.key == FALLBACK))
    assert rows == {coffee: made, other: fallback}


def test_editing_makes_a_version_and_counts_for_new_cycles_only(app, at, ada, max_, mo, make_question):
    made = keeping.create(max_, fast(), "Coffee")
    at(MONDAY)
    older = make_question(ada, category_id=1)
    slower = fast()
    slower = replace(
        slower, goals={m: replace(g, minutes=dict.fromkeys(FAST, 99)) for m, g in slower.goals.items()}
    )
    keeping.change(max_, made, 1, slower, "Too fast")
    keeping.change(max_, made, 2, slower, "The same again changes nothing")
    newer = make_question(ada, title="The second thing that broke", category_id=1)
    minutes = [clocks.reading_of(ladder(one), Metric.FIRST_REPLY_ANY).target for one in (older, newer)]
    assert minutes == [timedelta(minutes=30), timedelta(minutes=99)]
    kept = db.session.execute(
        db.select(SlaVersion.version, SlaVersion.changed_by_id, SlaVersion.reason)
    ).all()
    assert [tuple(row) for row in kept] == [(1, max_.member_id, "Coffee"), (2, max_.member_id, "Too fast")]
    laddering.restart(older, "reopened")
    versions = (
        db.select(SlaApplied.policy_version).where(SlaApplied.question_id == older).order_by(SlaApplied.cycle)
    )
    assert db.session.scalars(versions).all() == [1, 2]
    assert (
        db.session.scalar(
            db.select(db.func.count(AuditEntry.id)).where(AuditEntry.target_type == "sla_policy")
        )
        == 2
    )


def test_order_decides_and_the_one_for_the_rest_stays_last(app, max_):
    first, second = keeping.create(max_, fast("One"), "a"), keeping.create(max_, fast("Two"), "b")
    keeping.move(max_, second, up=True)
    keeping.move(max_, second, up=True)
    assert [row.id for row in choosing.in_order()][:2] == [second, first]
    keeping.move(max_, first, up=False)
    assert choosing.in_order()[-1].key == FALLBACK
    with pytest.raises(Forbidden):
        keeping.move(max_, choosing.in_order()[-1].id, up=True)


def test_what_is_switched_off_is_not_chosen(app, at, ada, max_, make_question):
    made = keeping.create(max_, fast(), "Coffee")
    keeping.switch(max_, made, 1, False, "Holidays")
    keeping.switch(max_, made, 2, False, "Holidays")
    at(MONDAY)
    question_id = make_question(ada, category_id=1)
    assert clocks.reading_of(ladder(question_id), Metric.FIRST_REPLY_ANY).target == timedelta(minutes=480)
    fallback = choosing.in_order()[-1]
    with pytest.raises(Forbidden):
        keeping.switch(max_, fallback.id, fallback.version, False, "No")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"filter": Filter()}, "filter"), ({"goals": {}}, "first_reply_any"),
        ({"goals": {Metric.FIRST_REPLY_ANY: replace(usual_goals()[Metric.FIRST_REPLY_ANY], minutes={Priority.LOW: 5})}}, "first_reply_any"),
        ({"goals": {Metric.FIRST_REPLY_ANY: replace(usual_goals()[Metric.FIRST_REPLY_ANY], warn_percent=0)}}, "first_reply_any"),
        ({"goals": {Metric.FIRST_REPLY_ANY: replace(usual_goals()[Metric.FIRST_REPLY_ANY], calendar_id=99)}}, "first_reply_any"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused_with_a_sentence(app, max_, change, field):
    with pytest.raises(Invalid) as refusal:
        keeping.create(max_, replace(fast(), **change), "Why not")
    assert field in refusal.value.fields
    assert db.session.scalar(db.select(db.func.count(SlaPolicy.id)).where(SlaPolicy.key.is_(None))) == 0


@pytest.mark.parametrize("name", ["ada", "cleo", "mo", "sam"])
def test_only_managers_change_what_is_promised(app, request, name):
    who = request.getfixturevalue(name)
    choosing.ensure()
    for act in (
        lambda: keeping.create(who, fast(), "Mine"),
        lambda: keeping.change(who, 1, 1, fast(), "Mine"),
        lambda: keeping.switch(who, 1, 1, False, "Mine"),
        lambda: keeping.move(who, 1, True),
        lambda: categories.change(who, 1, choosing.Manner(2.0), "Mine"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_two_who_change_one_policy_are_told(app, max_):
    made = keeping.create(max_, fast(), "Coffee")
    keeping.change(max_, made, 1, fast("Coffee machines"), "Clearer")
    with pytest.raises(Conflict):
        keeping.change(max_, made, 1, fast("Espresso"), "Finer")


def test_a_calendar_that_something_counts_by_is_not_retired(app, max_):
    calendar = calendars.create(
        max_, calendars.Draft("Night", "UTC", {"mon": "22:00-06:00"}, "none", {}), "Night"
    )
    goal = replace(usual_goals()[Metric.NEXT_REPLY], calendar_id=calendar)
    keeping.create(max_, fast(**{Metric.NEXT_REPLY: goal}), "Night")
    with pytest.raises(Conflict, match="Coffee"):
        calendars.retire(max_, calendar, "No")


def test_a_category_goes_its_own_way(app, at, ada, max_, make_question):
    calendar = calendars.create(
        max_, calendars.Draft("Tuesday", "UTC", {"tue": "10:00-22:00"}, "none", {}), "x"
    )
    categories.change(max_, 1, choosing.Manner(0.5, False, True, calendar), "Slow team")
    audited = db.select(AuditEntry.actor_id, AuditEntry.before, AuditEntry.after, AuditEntry.reason)
    actor_id, before, after, reason = db.session.execute(
        audited.where(AuditEntry.act == "targets.category")
    ).one()
    assert (actor_id, "1.0" in before, "0.5" in after, reason) == (max_.member_id, True, True, "Slow team")
    at(MONDAY)
    question_id = make_question(ada, category_id=1)
    assert ladder(question_id).due_at == MONDAY + timedelta(minutes=30)
    at(MONDAY + timedelta(days=4))
    laddering.sweep()
    reached = dict(
        db.session.execute(db.text("SELECT stage, due_at FROM ladder_stage WHERE stage <> 'E2'")).all()
    )
    assert Stage.SUPER_USERS.value not in reached
    assert str(reached[Stage.STAFF.value]).startswith("2026-03-03 12:00"), "two hours into its Tuesday"
    with pytest.raises(Invalid):
        categories.change(max_, 1, choosing.Manner(1000.0), "Never")


# --- promises ---------------------------------------------------------------------------------------------------------


def test_a_solution_is_promised_and_kept(app, at, ada, ben, make_question, make_answer):
    at(MONDAY)
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    at(timedelta(hours=1))
    assert standing(question_id, Metric.RESOLUTION) is Standing.RUNNING
    accept_answer(ada, question_id, answer_id)
    assert standing(question_id, Metric.RESOLUTION) is Standing.MET
    assert ladder(question_id).alarm_at is None


def test_warning_and_breach_sound_once_and_a_late_solution_keeps_its_breach(
    app, at, ada, ben, make_question, make_answer
):
    at(MONDAY)
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    at(MONDAY + timedelta(days=9))
    for _twice in range(2):
        laddering.sweep()
    fired = alarms(question_id, Metric.RESOLUTION)
    assert [(number, type) for number, type, _at in fired] == [(1, SlaType.WARN), (1, SlaType.BREACH)]
    assert fired[1][2] == datetime(2026, 3, 7, 14, tzinfo=UTC), (
        "3,840 working minutes: Saturday at three in Paris"
    )
    accept_answer(ada, question_id, answer_id)
    assert standing(question_id, Metric.RESOLUTION) is Standing.MISSED
    assert alarms(question_id, Metric.FIRST_REPLY_ANY) == []


def test_news_and_the_next_reply(worked_on, at, ada, sam):
    question_id, case_id = worked_on
    comment_on(ada, question_id, body="It also smells of burnt rubber, by the way.")
    assert standing(question_id, Metric.NEXT_REPLY) is None, (
        "the first reply of the team is what one waits for"
    )
    cases.answer_officially(sam, case_id, "Clean the small filter behind the hatch, then run a short cycle.")
    assert standing(question_id, Metric.FIRST_REPLY_STAFF) is Standing.MET
    at(timedelta(hours=1))
    comment_on(ada, question_id, body="I did, and it still says the same thing.")
    assert standing(question_id, Metric.NEXT_REPLY) is Standing.RUNNING
    case = db.session.get(Case, case_id, populate_existing=True)
    assert case.state is CaseState.ASSIGNED
    assert case.due_at == datetime(2026, 3, 3, 10, 1, tzinfo=UTC), "eight working hours from now"
    at(timedelta(hours=1))
    comment_on(sam, question_id, body=NOTE)
    assert standing(question_id, Metric.NEXT_REPLY) is Standing.MET
    assert standing(question_id, Metric.PERIODIC_UPDATE) is Standing.RUNNING
    at(timedelta(hours=2))
    comment_on(sam, question_id, body="The laboratory has opened it. One more day, please.")
    assert standing(question_id, Metric.PERIODIC_UPDATE) is Standing.MET
    assert standing(question_id, Metric.PERIODIC_UPDATE, 2) is Standing.RUNNING
    at(datetime(2026, 3, 3, 13, 5, tzinfo=UTC))
    laddering.sweep()
    assert [row[:2] for row in alarms(question_id, Metric.PERIODIC_UPDATE)] == [
        (2, SlaType.WARN),
        (2, SlaType.BREACH),
    ]
    assert sam.member_id in told("case-late")


def test_news_rest_while_the_asker_is_waited_for(worked_on, at, ada, sam):
    question_id, case_id = worked_on
    comment_on(sam, question_id, body=NOTE)
    cases.wait_for_asker(sam, case_id, "Which programme did you choose when it stopped?")
    assert standing(question_id, Metric.PERIODIC_UPDATE, 2) is Standing.PAUSED
    assert standing(question_id, Metric.RESOLUTION) is Standing.PAUSED
    assert ladder(question_id).alarm_at is None
    at(timedelta(days=2))
    laddering.sweep()
    assert alarms(question_id, Metric.PERIODIC_UPDATE) == []
    comment_on(ada, question_id, body="The short one, at forty degrees.")
    assert standing(question_id, Metric.PERIODIC_UPDATE, 2) is Standing.RUNNING


def test_another_priority_keeps_the_start_and_says_that_it_came_late(app, at, ada, sam, make_question):
    at(MONDAY)
    question_id = make_question(ada)
    at(timedelta(hours=3))
    prioritising.set_priority(sam, question_id, Priority.URGENT, "A baby in the house")
    laddering.sweep()
    query = db.select(SlaEvent.at, SlaEvent.retargeted).where(
        SlaEvent.metric == Metric.FIRST_REPLY_ANY, SlaEvent.type == SlaType.BREACH
    )
    assert db.session.execute(query).one() == (MONDAY + timedelta(hours=3), True)
    assert ladder(question_id).started_at == MONDAY


def test_the_teams_own_target_may_be_another_one(app, at, ada, sam, max_, make_question):
    goal = replace(usual_goals()[Metric.FIRST_REPLY_STAFF], minutes=dict.fromkeys(FAST, 5))
    slow = {metric: one for metric, one in usual_goals().items() if metric is Metric.FIRST_REPLY_ANY}
    keeping.create(
        max_,
        keeping.Draft(
            "Own", Filter(wanted={Field.LANGUAGE: ("en",)}), slow | {Metric.FIRST_REPLY_STAFF: goal}
        ),
        "x",
    )
    at(MONDAY)
    question_id = make_question(ada)
    cases.open_by_hand(sam, question_id)
    assert casework.case_of(question_id, 1).due_at == MONDAY + timedelta(minutes=5)
    assert standing(question_id, Metric.RESOLUTION) is None, "this policy promises none"
    at(timedelta(minutes=6))
    laddering.sweep()
    assert told("case-late")


# --- what may go wrong --------------------------------------------------------------------------------------------------


def test_a_stuck_alarm_is_pushed_back_and_jams_nothing(app, at, ada, make_question, monkeypatch):
    at(MONDAY)
    stuck = make_question(ada, title="The first thing that is broken")
    other = make_question(ada, title="The second thing that is broken")
    real = promises.unsounded
    broken = lambda one, *rest: 1 / 0 if one.question_id == stuck else real(one, *rest)  # noqa: E731
    monkeypatch.setattr(promises, "unsounded", broken)
    at(MONDAY + timedelta(days=10))
    laddering.sweep()
    assert len(alarms(other, Metric.RESOLUTION)) == 2
    assert alarms(stuck, Metric.RESOLUTION) == []
    assert ladder(stuck).failure_count > 0
    monkeypatch.undo()
    at(timedelta(minutes=11))
    laddering.sweep()
    assert alarms(stuck, Metric.RESOLUTION) == alarms(other, Metric.RESOLUTION), "with the true moments"


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(
    app, at, ada, sam, make_question, monkeypatch, drain, outbox
):
    from moderation.escalation import stepping, together

    at(MONDAY)
    question_id = make_question(ada)
    at(MONDAY + timedelta(hours=8, minutes=1))
    before = db.session.scalar(db.select(db.func.count(SlaEvent.id)))
    for place, name in ((stepping, "tell_of"), (together, "_act")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                laddering.sweep()
            db.session.rollback()
        assert db.session.scalar(db.select(db.func.count(SlaEvent.id))) == before
        assert casework.case_of(question_id, 1) is None
    laddering.sweep()
    laddering.sweep()
    drain()
    late = [mail for mail in outbox() if mail["To"] == "sam@example.com" and "late" in mail["Subject"]]
    assert len(late) == len({mail["Subject"] for mail in late}) == 1


def test_a_clock_that_jumps_changes_nothing_that_was(app, at, ada, make_question):
    at(MONDAY)
    question_id = make_question(ada)
    at(MONDAY + timedelta(hours=7))
    laddering.sweep()

    def events():
        query = db.select(SlaEvent.id, SlaEvent.type, SlaEvent.at, SlaEvent.recorded_at).order_by(SlaEvent.id)
        return [tuple(row) for row in db.session.execute(query)]

    def steps():
        query = db.select(StageRow.stage, StageRow.due_at, StageRow.recorded_at).order_by(StageRow.id)
        return [tuple(row) for row in db.session.execute(query)]

    seen, reached = events(), steps()
    assert len(reached) == 5 and casework.case_of(question_id, 1) is not None
    for jump in (-timedelta(hours=5), -timedelta(days=400), timedelta(0)):
        at(MONDAY + timedelta(hours=7) + jump)
        laddering.sweep()
        prioritising.rescore(question_id)
    assert (events(), steps()) == (seen, reached)
    at(MONDAY + timedelta(days=30))
    laddering.sweep()
    assert (events()[: len(seen)], steps()[: len(reached)]) == (seen, reached)
    breach = [
        at_ for _number, type, at_ in alarms(question_id, Metric.FIRST_REPLY_ANY) if type is SlaType.BREACH
    ]
    assert breach == [MONDAY + timedelta(hours=8)], "the true moment, not the one of the sweep"


# --- the command ------------------------------------------------------------------------------------------------------


def test_what_was_changed_by_hand_is_found_and_mended(worked_on):
    question_id, _case = worked_on
    assert checking.faults() == []
    with unit_of_work():
        ladder(question_id).alarm_at = MONDAY
        db.session.add(
            SlaEvent(
                question_id=question_id,
                cycle=1,
                metric=Metric.RESOLUTION,
                type=SlaType.BREACH,
                at=MONDAY,
                source="x",
            )
        )
    found = checking.faults()
    assert [fault.what for fault in found] == ["alarm", "events"]
    assert checking.mend() == 1
    assert [fault.what for fault in checking.faults()] == ["events"], "what was written is never taken away"
    with unit_of_work():
        db.session.execute(
            db.text(
                "DROP TRIGGER IF EXISTS sla_event_no_delete"
                if db.engine.dialect.name == "sqlite"
                else "ALTER TABLE sla_event DISABLE TRIGGER USER"
            )
        )
        db.session.execute(db.text("DELETE FROM sla_event WHERE source = 'x'"))
        db.session.execute(
            db.text(
                "CREATE TRIGGER sla_event_no_delete BEFORE DELETE ON sla_event BEGIN SELECT RAISE(ABORT, 'sla_event is append-only'); END"
                if db.engine.dialect.name == "sqlite"
                else "ALTER TABLE sla_event ENABLE TRIGGER USER"
            )
        )
