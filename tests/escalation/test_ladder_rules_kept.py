"""What the rules of the ladder forbid: no stage goes down, no promise stays that nobody owes, law and danger pass by no skip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from accounts.members.models import Member
from accounts.notifications.models import AlertChoice, Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from moderation.calendars import contents
from moderation.calendars import keeping as calendars
from moderation.calendars.models import DEFAULT, WorkCalendar
from moderation.calendars.rules import DAYS, BadCalendar, UnknownZone
from moderation.escalation import cases, casework, clocks, laddering, policies
from moderation.escalation.models import Ladder, SlaEvent, StageRow
from moderation.escalation.rules import CaseState, Priority, Stage
from moderation.escalation.sla_rules import ALARMS, Metric, Standing
from moderation.handing import opening
from moderation.jobs import zones_are_known
from moderation.targets import checking, keeping
from moderation.targets.choosing import ensure
from moderation.targets.models import FALLBACK, SlaPolicy
from moderation.targets.rules import Field, Filter

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Paris."""
LAW = "My lawyer has sent you a formal notice"
GONE = "Asia/Atlantis"


@pytest.fixture
def asked(app, at, ada, make_question):
    at(MONDAY)
    return make_question(ada)


@pytest.fixture(autouse=True)
def _nothing_drifts(app):
    yield
    assert checking.faults() == []


def ladder(question_id):
    return db.session.get(Ladder, question_id, populate_existing=True)


def case(question_id):
    return casework.case_of(question_id, ladder(question_id).cycle)


def stages(question_id):
    rows = db.session.execute(
        db.select(StageRow.stage, StageRow.due_at).where(StageRow.question_id == question_id)
    )
    return dict(tuple(row) for row in rows)


def standing(question_id, metric):
    return clocks.reading_of(ladder(question_id), metric).standing


# --- stages -----------------------------------------------------------------------------------------------------------


def test_a_stage_is_one_row_for_each_cycle(asked):
    row = {"question_id": asked, "stage": Stage.VISIBLE, "due_at": MONDAY, "recorded_at": MONDAY}
    with unit_of_work():
        db.session.add_all([StageRow(cycle=1, **row), StageRow(cycle=2, **row)])
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(StageRow(cycle=2, **row))
    db.session.rollback()
    with unit_of_work():
        laddering.aim(laddering.load(asked))


@pytest.mark.parametrize("together", [True, False])
def test_a_stage_never_goes_down_by_itself(asked, at, mo, together):
    at(timedelta(minutes=30))
    cases.open_by_hand(mo, asked)
    for minutes, came, stands in ((61, Stage.VISIBLE, Stage.STAFF), (121, Stage.SUPER_USERS, Stage.ASSIGNED)):
        at(MONDAY + timedelta(minutes=minutes))
        assert laddering.sweep() if together else laddering.advance(asked)
        assert came in stages(asked)
        assert ladder(asked).stage is stands


def test_whom_the_team_names_comes_so_long_after_it_was_called(asked, at, mo):
    at(timedelta(minutes=10))
    cases.open_by_hand(mo, asked)
    at(MONDAY + timedelta(minutes=70, seconds=5))
    laddering.sweep()
    assert stages(asked)[Stage.ASSIGNED] == MONDAY + timedelta(minutes=70)


# --- what a member's answer spares the team ------------------------------------------------------------------------------


def test_a_case_that_a_members_answer_ended_owes_no_reply(asked, at, ben, mo, make_answer):
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    answer_id = make_answer(ben, asked)
    assert (case(asked).state, standing(asked, Metric.FIRST_REPLY_STAFF)) == (
        CaseState.CANCELLED,
        Standing.CANCELLED,
    )
    at(MONDAY + timedelta(days=1))
    laddering.sweep()
    late = db.select(SlaEvent.id).where(
        SlaEvent.metric == Metric.FIRST_REPLY_STAFF, SlaEvent.type.in_(ALARMS)
    )
    assert db.session.scalar(late) is None
    with unit_of_work():
        publishing.remove(mo, answer_id)
    reading = clocks.reading_of(ladder(asked), Metric.FIRST_REPLY_STAFF)
    assert (case(asked).state, reading.due_at) == (CaseState.QUEUED, MONDAY + timedelta(hours=8))
    assert reading.standing is Standing.BREACHED


def test_what_a_moderator_handed_over_all_the_same_is_still_owed(asked, at, ben, cleo, mo, make_answer):
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    make_answer(ben, asked)
    opening.open_case(asked, mo.member_id, "Wrong advice")
    make_answer(cleo, asked)
    assert case(asked).state is CaseState.QUEUED


@pytest.mark.parametrize("words", ["Smoke and sparks behind the dishwasher", LAW])
def test_danger_and_law_stay_with_the_team_whatever_members_answer(
    app, at, ada, ben, make_question, make_answer, words
):
    at(MONDAY)
    question_id = make_question(ada, title=words)
    at(timedelta(hours=2))
    laddering.sweep()
    make_answer(ben, question_id)
    assert case(question_id).state is CaseState.QUEUED
    assert ladder(question_id).stopped_at is None
    assert standing(question_id, Metric.FIRST_REPLY_STAFF) is not Standing.CANCELLED


def test_an_answer_more_readers_rejected_than_found_useful_counts_for_nothing(asked, ben, make_answer):
    answer_id = make_answer(ben, asked)
    with unit_of_work():
        update_where(Post, Post.id == answer_id, downvote_count=2, kudos_count=1)
        laddering.settle(asked)
    assert ladder(asked).answered_at is None


def test_law_reaches_the_team_at_once_where_it_is_urgent(app, at, ada, make_question):
    at(datetime(2026, 3, 1, 2, 0, tzinfo=UTC))
    high, urgent = (
        make_question(ada, title=LAW),
        make_question(ada, title=LAW + " urgently, today, I am blocked"),
    )
    laddering.sweep()
    assert (ladder(high).priority, stages(high)) == (Priority.HIGH, {})
    assert (ladder(urgent).priority, stages(urgent)) == (Priority.URGENT, {Stage.STAFF: clock.now()})


@pytest.mark.parametrize("flag", ["is_danger", "is_legal"])
def test_no_reason_to_skip_holds_for_danger_and_law(asked, at, ada, flag, settings_override):
    with unit_of_work():
        update_where(Ladder, Ladder.question_id == asked, **{flag: True})
        update_where(Member, Member.id == ada.member_id, closed_at=MONDAY)
        laddering.aim(laddering.load(asked))
    at(timedelta(hours=4, minutes=1))
    laddering.sweep()
    assert (case(asked).state, ladder(asked).skip_cause) == (CaseState.QUEUED, None)


# --- what stands below everything -----------------------------------------------------------------------------------------


def test_the_policy_for_all_the_rest_takes_no_conditions(app, max_):
    ensure()
    row = db.session.scalars(db.select(SlaPolicy).where(SlaPolicy.key == FALLBACK)).one()
    draft = keeping.draft_of(row)
    with pytest.raises(Invalid) as refusal:
        keeping.change(
            max_, row.id, row.version, keeping.Draft(draft.name, Filter(wanted={Field.CATEGORY: ("1",)}), draft.goals), "Narrow"
        )  # fmt: skip
    assert "filter" in refusal.value.fields
    again = db.insert(SlaPolicy).values(key=FALLBACK, position=9, name="Another", filter={})
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(again)
    db.session.rollback()


# --- time zones that vanish, calendars that never open ---------------------------------------------------------------------


def test_a_member_whose_time_zone_is_gone_is_told_and_jams_nothing(asked, at, sam, drain, outbox, sign_in):
    with unit_of_work():
        db.session.add(
            AlertChoice(member_id=sam.member_id, time_zone=GONE, quiet_from=21, quiet_to=8, digest="weekly")
        )
    at(MONDAY + timedelta(hours=6, seconds=9))
    laddering.sweep()
    drain()
    assert (ladder(asked).failure_count, case(asked).state) == (0, CaseState.QUEUED)
    warned = (Notification.member_id == sam.member_id, Notification.kind == "case-warning")
    assert db.session.scalar(db.select(Notification.id).where(*warned))
    assert [mail for mail in outbox() if mail["To"] == "sam@example.com"]
    assert f"{GONE} (chosen by 1 members)" in zones_are_known().detail
    assert f"no time zone “{GONE}” any more" in sign_in(sam).get("/en/settings/alerts").text


def test_a_zone_taken_as_it_was_chosen_would_be_caught(asked, at, sam, monkeypatch):
    """The twin: it trusts what was chosen once, and whoever chose a zone that is gone jams the clock of every question."""
    from accounts.notifications import listening

    with unit_of_work():
        db.session.add(
            AlertChoice(member_id=sam.member_id, time_zone=GONE, quiet_from=21, quiet_to=8, digest="weekly")
        )
    monkeypatch.setattr(listening, "is_zone", lambda _name: True)
    at(MONDAY + timedelta(hours=6, seconds=9))
    laddering.sweep()
    assert (case(asked), stages(asked)) == (None, {})
    monkeypatch.undo()
    at(timedelta(minutes=15))
    laddering.sweep()
    assert stages(asked)[Stage.STAFF] == MONDAY + timedelta(hours=4), "nothing is lost"


def test_a_calendar_counted_as_it_is_written_would_be_caught(app, at, ada, make_question, monkeypatch):
    """The twin: where a vanished zone is an error, nobody can ask any more."""
    calendars.ensure()
    with unit_of_work():
        update_where(WorkCalendar, WorkCalendar.key == DEFAULT, zone=GONE)
    with monkeypatch.context() as patch:
        patch.setattr(policies.contents, "to_count_with", contents.read)
        patch.setattr(policies, "_read", {})
        with pytest.raises(UnknownZone):
            make_question(ada)
        db.session.rollback()
    assert make_question(ada)


SHUT = {"mon": "09:00-10:00"}
MONDAYS = {
    (datetime(2026, 3, 2) + timedelta(days=7 * n)).date().isoformat(): ("closed", "") for n in range(62)
}


@pytest.mark.parametrize(
    ("week", "days", "field"),
    [(dict.fromkeys(DAYS, ""), {}, "week_mon"), ({}, {}, "week_mon"), (SHUT, MONDAYS, "days")],
)
def test_a_calendar_that_never_opens_is_refused(app, at, max_, week, days, field):
    at(MONDAY)
    calendars.ensure()
    with pytest.raises(Invalid) as refusal:
        calendars.create(max_, calendars.Draft("Never", "Europe/Paris", week, "FR", days), "Try")
    assert field in refusal.value.fields
    few = dict(list(MONDAYS.items())[:40])
    assert calendars.create(max_, calendars.Draft("Seldom", "Europe/Paris", SHUT, "FR", few), "Try")


def test_a_calendar_nobody_checked_would_be_caught(app, at, ada, max_, make_question, monkeypatch):
    """The twin: saved without the check, it lets nobody ask."""
    at(MONDAY)
    row = calendars.ensure()
    with monkeypatch.context() as patch:
        patch.setattr(calendars, "check", lambda *_given: None)
        calendars.change(
            max_, row.id, row.version, calendars.Draft("Team", "Europe/Paris", SHUT, "FR", MONDAYS), "Try"
        )
    with pytest.raises(BadCalendar):
        make_question(ada)
    db.session.rollback()


def test_a_zone_nobody_knows_is_no_zone_of_the_community(app, max_):
    from common import settings

    with pytest.raises(Invalid) as refusal:
        settings.change(max_, "notifications.time_zone", GONE, "Try")
    assert "no time zone" in str(refusal.value.fields["notifications.time_zone"])


def test_a_question_that_is_called_for_twice_is_passed_once(asked, mo, sam):
    assert cases.open_by_hand(mo, asked) == cases.open_by_hand(sam, asked)
    laddering.leave(asked)
    with pytest.raises(Conflict):
        cases.open_by_hand(mo, asked)
