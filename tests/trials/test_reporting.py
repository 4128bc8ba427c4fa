"""Reports in time and late, more time, excuses, judgement, recall, and what the clock does meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import handlers_of, subscribe
from forum.content.reviews import incentives
from forum.content.reviews.rules import Incentive
from forum.content.reviews.writing import standing_of
from rewards.addresses.models import SealedAddress
from rewards.badges.counts.sources import Who
from rewards.events import TrialReportAccepted
from rewards.ledger.models import LedgerEntry
from rewards.trials import campaigns, drafts, eligibility, jobs, queries, reporting
from rewards.trials.models import Trial, TrialApplication, TrialDraft, TrialReport
from rewards.trials.reporting import Report
from rewards.trials.rules import Excuse, Line
from rewards.trials.sending import addresses, shipping
from rewards.trials.sending.shipping import Event
from tests.conftest import all_rows
from tests.trials.conftest import HOME, days, now, stage, state_of, states

GOOD = Report(5, "It kneads, it cooks, it sings while doing it.", "Everything", "", (0, 1))
BAD = Report(1, "It burned the soup on the second day already.", "", "Everything", (0,))


def points(who):
    db.session.rollback()
    read = select(func.coalesce(func.sum(LedgerEntry.granted), 0)).where(
        LedgerEntry.member_id == who.member_id, LedgerEntry.rule_key == "trial.report_on_time"
    )
    return db.session.scalar(read)


def first(testers):
    return next(iter(testers.items()))


@pytest.mark.parametrize("typed", [GOOD, BAD], ids=["five stars", "one star"])
def test_a_report_is_taken_and_paid_once_whatever_it_says(testing, max_, typed):
    trial_id, testers = testing(1)
    one, who = first(testers)
    seen = []
    note = seen.append
    subscribe(TrialReportAccepted, note)
    assert reporting.report(who, trial_id, typed) is True
    assert reporting.accept(max_, one) is True and reporting.accept(max_, one) is False
    handlers_of()[TrialReportAccepted].remove(note)
    assert points(who) == 20 and state_of(one) == "accepted" and stage(trial_id) == "closing"
    assert seen == [TrialReportAccepted(who.member_id, trial_id, one, 1, True)]


def test_a_report_in_time_counts_for_the_badge_of_testers(testing, max_, drain):
    from rewards.badges.models import BadgeAward

    trial_id, testers = testing(1)
    one, who = first(testers)
    reporting.report(who, trial_id, BAD)
    reporting.accept(max_, one)
    drain()
    wanted = select(BadgeAward.badge_key).where(BadgeAward.member_id == who.member_id)
    assert "tester" in db.session.scalars(wanted).all()


def test_a_late_report_is_taken_and_brings_nothing(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    at(days(22))
    jobs.sweep()
    assert state_of(one) == "overdue"
    reporting.report(who, trial_id, GOOD)
    reporting.accept(max_, one)
    assert points(who) == 0 and db.session.get(TrialApplication, one).on_time is False


def test_a_slow_team_costs_the_tester_nothing(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    reporting.report(who, trial_id, GOOD)
    at(days(60))
    jobs.sweep()
    reporting.accept(max_, one)
    assert points(who) == 20


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rating": 0}, "rating"), ({"rating": 6}, "rating"), ({"first_days": "short"}, "first_days"),
        ({"liked": " ", "disliked": ""}, "liked"), ({"liked": "x" * 5001}, "liked"), ({"photos": ("a",) * 7}, "photos"),
    ],
)  # fmt: skip
def test_what_is_missing_in_a_report_is_said(testing, changes, field):
    trial_id, testers = testing(1)
    before = all_rows()
    with pytest.raises(Invalid) as refusal:
        reporting.report(first(testers)[1], trial_id, replace(GOOD, **changes))
    assert field in refusal.value.fields and all_rows() == before


def test_nobody_reports_without_the_product(chosen, ben):
    trial_id, crowd = chosen(1)
    with pytest.raises(Conflict):
        reporting.report(first(crowd)[1], trial_id, GOOD)
    with pytest.raises((NotFound, Forbidden)):
        reporting.report(ben, trial_id, GOOD)


def test_a_report_is_sent_anew_until_it_is_accepted_and_stays_in_time(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    reporting.report(who, trial_id, GOOD)
    at(days(40))
    assert reporting.report(who, trial_id, BAD) is False
    assert db.session.scalar(select(TrialReport.rating)) == 1
    reporting.accept(max_, one)
    assert points(who) == 20
    with pytest.raises(Conflict):
        reporting.report(who, trial_id, GOOD)


def test_the_team_asks_for_what_is_missing_and_gives_a_week(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    reporting.report(who, trial_id, GOOD)
    at(days(30))
    with pytest.raises(Invalid):
        reporting.ask_more(max_, one, " ")
    reporting.ask_more(max_, one, "How loud is it?")
    at(days(7))
    jobs.sweep()
    assert state_of(one) == "report_due"
    reporting.report(who, trial_id, GOOD)
    reporting.accept(max_, one)
    assert points(who) == 20, "the first one was in time"


@pytest.mark.parametrize("who", ["ben", "mo", "sam"])
def test_only_managers_judge(testing, who, request):
    trial_id, testers = testing(1)
    one, tester = first(testers)
    reporting.report(tester, trial_id, GOOD)
    actor = request.getfixturevalue(who)
    for act in (
        lambda: reporting.accept(actor, one),
        lambda: reporting.ask_more(actor, one, "why"),
        lambda: reporting.decide_excuse(actor, one, True),
    ):
        with pytest.raises(Forbidden):
            act()


def test_pictures_must_be_ones_own(testing, ben):
    trial_id, testers = testing(1)
    reporting.report(first(testers)[1], trial_id, replace(GOOD, photos=("somebody-elses.webp",)))
    assert db.session.scalar(select(TrialReport.photos)) == []


def test_an_unfinished_report_is_kept(testing):
    trial_id, testers = testing(1)
    _one, who = first(testers)
    reporting.keep_draft(who, trial_id, Report(0, "So far", "", ""))
    assert drafts.kept(who.member_id, trial_id, drafts.REPORT)["first_days"] == "So far"
    reporting.report(who, trial_id, GOOD)
    assert db.session.scalar(select(func.count()).select_from(TrialDraft)) == 0


# --- the clock --------------------------------------------------------------------------------------------------


def reminders(who):
    db.session.rollback()
    rows = db.session.scalars(
        select(Notification.params)
        .where(Notification.member_id == who.member_id, Notification.kind == "trial-reminder")
        .order_by(Notification.id)
    )
    return [params["days"] for params in rows]


def test_the_whole_calendar_of_a_report_that_never_comes(testing, at):
    _trial_id, testers = testing(1)
    one, who = first(testers)
    seen = {}
    for day in range(53):
        jobs.sweep()
        jobs.sweep()
        seen[day] = state_of(one)
        at(days(1))
    assert seen[13] == "delivered" and seen[14] == "report_due" and seen[21] == "report_due"
    assert seen[22] == "overdue" and seen[50] == "overdue" and seen[51] == "defaulted"
    assert reminders(who) == [-7, -1, 1, 7]
    assert points(who) == 0


def test_two_weeks_more_once(testing, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    assert reporting.extend(who, trial_id) is True and reporting.extend(who, trial_id) is False
    at(days(34))
    jobs.sweep()
    assert state_of(one) == "report_due"
    at(days(2))
    jobs.sweep()
    assert state_of(one) == "overdue"
    with pytest.raises(Conflict):
        reporting.extend(who, trial_id)


@pytest.mark.parametrize("why", [Excuse.DEFECTIVE, Excuse.ILLNESS])
def test_an_excuse_never_defaults(testing, max_, at, why):
    trial_id, testers = testing(1)
    one, who = first(testers)
    at(days(20))
    reporting.ask_excuse(who, trial_id, why, "It does not start.")
    at(days(60))
    jobs.sweep()
    assert state_of(one) in ("delivered", "report_due"), "nobody has looked yet"
    assert reporting.decide_excuse(max_, one, True) and not reporting.decide_excuse(max_, one, True)
    assert state_of(one) == ("defective" if why is Excuse.DEFECTIVE else "excused")
    assert stage(trial_id) == "closing"


def test_an_excuse_that_is_not_taken_leaves_the_report_due(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    with pytest.raises(Invalid):
        reporting.ask_excuse(who, trial_id, Excuse.RECALL, "I say so")
    reporting.ask_excuse(who, trial_id, Excuse.ILLNESS, "A cold")
    reporting.decide_excuse(max_, one, False, "Three months ago")
    at(days(22))
    jobs.sweep()
    jobs.sweep()
    assert state_of(one) == "overdue"


def row_of(one):
    return db.session.get(TrialApplication, one, populate_existing=True)


def test_an_excuse_that_is_not_taken_late_gives_the_time_it_waited_back(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    at(days(20))
    reporting.ask_excuse(who, trial_id, Excuse.ILLNESS, "The flu")
    at(days(10))
    reporting.ask_excuse(who, trial_id, Excuse.ILLNESS, "The flu, and its cough")
    at(days(25))
    reporting.decide_excuse(max_, one, False, "Three months ago")
    assert row_of(one).due_at == now() + days(7)
    jobs.sweep()
    jobs.sweep()
    assert state_of(one) == "report_due"
    at(days(6))
    reporting.report(who, trial_id, GOOD)
    reporting.accept(max_, one)
    assert points(who) == 20


def test_a_late_member_has_a_week_after_a_refusal_and_stays_late(testing, max_, at, open_trial):
    trial_id, testers = testing(1)
    one, who = first(testers)
    another = open_trial(product_id=3)
    at(days(45))
    jobs.ask_reports()
    jobs.fall_due()

    def shut():
        checks = eligibility.checks_for(who.member_id, db.session.get(Trial, another))
        return next(not check.met for check in checks if check.line is Line.OVERDUE)

    assert state_of(one) == "overdue" and shut()
    reporting.ask_excuse(who, trial_id, Excuse.DEFECTIVE, "It does not start.")
    assert not shut(), "nothing counts as late while an excuse waits"
    at(days(10))
    reporting.decide_excuse(max_, one, False, "It starts")
    assert shut()
    at(days(5))
    jobs.sweep()
    assert state_of(one) == "overdue"
    reporting.report(who, trial_id, GOOD)
    reporting.accept(max_, one)
    assert points(who) == 0 and row_of(one).on_time is False


def test_every_refusal_is_told_and_no_word_of_an_excuse_stands_in_a_key(testing, max_, at):
    trial_id, testers = testing(1)
    one, who = first(testers)
    for _time in range(2):
        reporting.ask_excuse(who, trial_id, Excuse.ILLNESS, "Diabetes")
        reporting.decide_excuse(max_, one, False, "Said before")
        at(days(1))
    mine = (Notification.member_id == who.member_id, Notification.cause.contains("no-excuse"))
    causes = db.session.scalars(select(Notification.cause).where(*mine)).all()
    assert len(causes) == 2 and "Diabetes" not in " ".join(causes)


def test_what_never_came_is_said_by_the_member_too(chosen, max_):
    trial_id, crowd = chosen(1)
    one, who = first(crowd)
    addresses.give(who, trial_id, HOME)
    shipping.hand_over(max_, trial_id)
    reporting.ask_excuse(who, trial_id, Excuse.UNDELIVERED, "Nothing came")
    reporting.decide_excuse(max_, one, True)
    assert state_of(one) == "undelivered"


# --- recall -----------------------------------------------------------------------------------------------------


def test_a_recall_tells_everybody_at_once_and_nothing_is_owed(testing, max_, at, drain, outbox):
    trial_id, testers = testing(2)
    at(days(20))
    jobs.sweep()
    drain()
    before = len(outbox())
    assert campaigns.suspend(max_, trial_id, "The lid may burst")
    assert campaigns.suspend(max_, trial_id, "again") is False
    assert states(trial_id) == ["excused", "excused"] and stage(trial_id) == "suspended"
    drain()
    assert len(outbox()) - before == 2
    at(timedelta(days=40))
    jobs.sweep()
    assert states(trial_id) == ["excused", "excused"]
    with pytest.raises(Conflict):
        reporting.report(first(testers)[1], trial_id, GOOD)
    assert campaigns.close(max_, trial_id) and stage(trial_id) == "closed"


def test_a_recall_before_dispatch_forgets_addresses(chosen, max_):
    trial_id, crowd = chosen(3)
    addresses.give(first(crowd)[1], trial_id, HOME)
    campaigns.suspend(max_, trial_id, "The lid may burst")
    assert sorted(states(trial_id)) == ["excused", "excused", "rejected"]
    assert db.session.scalar(select(func.count()).select_from(SealedAddress)) == 0


# --- what others may ask ----------------------------------------------------------------------------------------


def test_who_received_a_product_for_nothing_is_known(testing, max_, ben):
    trial_id, testers = testing(1)
    one, who = first(testers)
    assert queries.trial_of(ben.member_id, 1) is None and queries.trial_of(who.member_id, 2) is None
    found = queries.trial_of(who.member_id, 1)
    assert found is not None and found.application_id == one and not found.accepted
    reporting.report(who, trial_id, GOOD)
    reporting.accept(max_, one)
    assert queries.trial_of(who.member_id, 1).accepted


def test_a_review_by_a_tester_is_labelled_and_is_no_verified_purchase(testing, ben):
    _trial_id, testers = testing(1)
    _one, who = first(testers)
    assert incentives.incentive_of(who.member_id, 1) is Incentive.FREE_PRODUCT_TRIAL
    assert (
        incentives.incentive_of(who.member_id, 2)
        is incentives.incentive_of(ben.member_id, 1)
        is Incentive.NONE
    )
    assert standing_of(who, 1, "").incentive is Incentive.FREE_PRODUCT_TRIAL


def test_a_review_is_labelled_before_the_carrier_has_said_anything(chosen, max_):
    trial_id, crowd = chosen(1)
    who = next(iter(crowd.values()))
    assert incentives.incentive_of(who.member_id, 1) is Incentive.NONE
    addresses.give(who, trial_id, HOME)
    shipping.hand_over(max_, trial_id)
    assert incentives.incentive_of(who.member_id, 1) is Incentive.FREE_PRODUCT_TRIAL


def test_a_delivery_of_long_ago_is_not_believed(chosen, max_):
    trial_id, crowd = chosen(1)
    one, who = first(crowd)
    addresses.give(who, trial_id, HOME)
    shipping.take(max_, Event(f"A-{one}", "delivered", "1999-01-01"))
    row = db.session.get(TrialApplication, one)
    assert row.due_at - row.delivered_at == days(21) and row.delivered_at.year == 2026


def test_a_product_that_came_after_all_answers_the_excuse(chosen, max_, at):
    trial_id, crowd = chosen(1)
    row, who = next(iter(crowd.items()))
    addresses.give(who, trial_id, HOME)
    shipping.hand_over(max_, trial_id)
    reporting.ask_excuse(who, trial_id, Excuse.UNDELIVERED, "Nothing came")
    shipping.take(max_, shipping.Event(f"A-{row}", "delivered"))
    at(days(22.1))
    jobs.sweep()
    at(days(52))
    jobs.sweep()
    assert state_of(row) == "defaulted"  # nobody waits for an answer that is not needed any more


def test_a_report_answers_the_excuse(testing, max_):
    trial_id, testers = testing(1)
    row, who = next(iter(testers.items()))
    reporting.ask_excuse(who, trial_id, Excuse.ILLNESS, "A cold")
    reporting.report(who, trial_id, GOOD)
    assert db.session.get(TrialApplication, row, populate_existing=True).excuse_asked_at is None


def test_an_accepted_report_that_was_fraud_is_taken_back_once_with_its_points(testing, max_, mo):
    trial_id, testers = testing(1)
    row, who = first(testers)
    reporting.report(who, trial_id, GOOD)
    with pytest.raises(Conflict):
        reporting.annul(max_, row, "Not yet accepted")
    reporting.accept(max_, row)
    assert points(who) == 20
    with pytest.raises(Forbidden):
        reporting.annul(mo, row, "It shows another product")
    with pytest.raises(Invalid):
        reporting.annul(max_, row, " ")
    assert reporting.annul(max_, row, "It shows another product")
    assert not reporting.annul(max_, row, "It shows another product")
    assert (points(who), state_of(row)) == (0, "defaulted")
    assert queries.reports_on_time(Who((who.member_id,))) == {}
