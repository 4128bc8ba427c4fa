"""Campaigns opened and called off, applications sent, changed, taken back and refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.products.models import Product
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf
from rewards.trials import applying, campaigns, drafts, eligibility, jobs, lottery, rules, selecting
from rewards.trials.campaigns import Plan
from rewards.trials.models import Trial, TrialApplication, TrialDraft
from rewards.trials.rules import Line, Part
from tests.conftest import START, all_rows, stored_text
from tests.trials.conftest import PLAN, days, form, people, stage, state_of, states


def change(member, **values):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == member.member_id).values(**values))


def news(kind="trial"):
    db.session.rollback()
    rows = db.session.execute(
        select(Notification.member_id, Notification.params).where(Notification.kind == kind)
    )
    return [(row.member_id, row.params.get("move"), row.params.get("why")) for row in rows]


# --- campaigns --------------------------------------------------------------------------------------------------


def test_a_draft_says_all_that_is_missing_before_it_is_published(max_):
    trial_id = campaigns.draft(max_, Plan("", "", None, 0, None, None, countries=()))
    with pytest.raises(Invalid) as refusal:
        campaigns.publish(max_, trial_id)
    wanted = {"title_fr", "product_id", "stock", "ends_at", "countries", "legal_fr", "budget_owner_id"}
    assert set(refusal.value.fields) == wanted and stage(trial_id) == "draft"


@pytest.mark.parametrize("ends,answer", [(-1, 3), (3, 3), (3, 2)])
def test_dates_are_in_order(max_, ends, answer):
    plan = replace(PLAN, ends_at=START + days(ends), answer_at=START + days(answer))
    with pytest.raises(Invalid):
        campaigns.publish(max_, campaigns.draft(max_, plan))


def test_a_published_campaign_shows_the_hash_of_its_seed_and_not_the_seed(open_trial):
    trial = db.session.get(Trial, open_trial())
    assert trial.seed == "" and len(trial.commitment) == 64
    from rewards.trials.selecting import seed_of

    assert lottery.holds(seed_of(trial), trial.commitment)
    assert seed_of(trial) not in stored_text()


def test_what_members_have_read_is_not_changed_any_more(max_, open_trial):
    trial_id = open_trial()
    with pytest.raises(Conflict):
        campaigns.change(max_, trial_id, replace(PLAN, stock=99))
    assert campaigns.publish(max_, trial_id) is False, "again is harmless"


@pytest.mark.parametrize("who", ["ada", "mo", "sam"])
def test_only_managers_run_campaigns(who, request, open_trial):
    actor, trial_id = request.getfixturevalue(who), open_trial()
    before = all_rows()
    for act in (
        lambda: campaigns.draft(actor, PLAN), lambda: campaigns.publish(actor, trial_id),
        lambda: campaigns.end_applications(actor, trial_id, "why"), lambda: campaigns.cancel(actor, trial_id, "why"),
        lambda: campaigns.suspend(actor, trial_id, "why"), lambda: campaigns.close(actor, trial_id),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()
    assert all_rows() == before


def test_applications_end_by_the_clock_and_the_list_is_frozen(open_trial, at):
    trial_id = open_trial()
    ids = [applying.apply(who, trial_id, form(trial_id)) for who in people(3)]
    jobs.sweep()
    assert stage(trial_id) == "open"
    at(START + days(10))
    jobs.sweep()
    trial = db.session.get(Trial, trial_id)
    assert trial.state == "selecting" and trial.frozen == ids
    assert trial.list_hash == lottery.list_hash([lottery.label(one) for one in ids])


def test_ending_early_needs_a_manager_and_a_reason(open_trial, max_):
    trial_id = open_trial()
    with pytest.raises(Invalid):
        campaigns.end_applications(max_, trial_id)
    assert campaigns.end_applications(max_, trial_id, "Enough have applied")
    assert (
        db.session.scalar(select(AuditEntry.reason).where(AuditEntry.act == "trial.frozen"))
        == "Enough have applied"
    )


def test_a_campaign_called_off_tells_every_applicant(open_trial, max_):
    trial_id = open_trial()
    crowd = people(3)
    for who in crowd:
        applying.apply(who, trial_id, form(trial_id))
    assert campaigns.cancel(max_, trial_id, "The product is late")
    assert campaigns.cancel(max_, trial_id, "again") is False
    assert states(trial_id) == ["rejected"] * 3
    assert sorted(news()) == [(who.member_id, "reject", "cancelled") for who in crowd]


# --- applying ---------------------------------------------------------------------------------------------------


def test_who_may_applies_once_and_changes_it(open_trial, ben, at):
    trial_id = open_trial()
    first = applying.apply(ben, trial_id, form(trial_id))
    at(timedelta(hours=1))
    again = applying.apply(ben, trial_id, form(trial_id, answers=("Twelve.",), country="BE"))
    assert again == first
    one = db.session.get(TrialApplication, first)
    assert (
        one.answers == ["Twelve."]
        and one.country == "BE"
        and one.consent_hash == db.session.get(Trial, trial_id).rules_hash
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answers": ("",)}, "answer0"), ({"answers": ()}, "answer0"), ({"answers": ("x" * 1001,)}, "answer0"),
        ({"adult": False}, "adult"), ({"country": "US"}, "country"), ({"outside": False}, "outside"),
        ({"consent": False}, "consent"), ({"rules_hash": "an older page"}, "consent"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_kept(open_trial, ben, changes, field):
    trial_id = open_trial()
    before = all_rows()
    with pytest.raises(Invalid) as refusal:
        applying.apply(ben, trial_id, form(trial_id, **changes))
    assert list(refusal.value.fields) == [field] and all_rows() == before


@pytest.mark.parametrize("who", ["ada", "new", "sam", "zed"])
def test_who_may_not_is_refused(open_trial, who, request):
    from tests.conftest import actor_named

    trial_id = open_trial()
    with pytest.raises(Forbidden):
        applying.apply(actor_named(who), trial_id, form(trial_id))
    assert states(trial_id) == []


def test_a_draft_of_staff_is_not_there(max_, ben):
    trial_id = campaigns.draft(max_, PLAN)
    with pytest.raises(NotFound):
        applying.apply(ben, trial_id, form(trial_id))


def test_after_the_end_nobody_applies_any_more(open_trial, ben, at):
    trial_id = open_trial()
    at(START + days(10))
    with pytest.raises(Conflict):
        applying.apply(ben, trial_id, form(trial_id))


def test_an_application_is_taken_back_and_sent_again(open_trial, ben):
    trial_id = open_trial()
    one = applying.apply(ben, trial_id, form(trial_id))
    assert applying.withdraw(ben, trial_id) and not applying.withdraw(ben, trial_id)
    assert state_of(one) == "withdrawn"
    assert applying.apply(ben, trial_id, form(trial_id)) == one and state_of(one) == "applied"


def test_what_is_typed_is_kept_until_it_is_sent(open_trial, ben, cleo):
    trial_id = open_trial()
    applying.keep_draft(ben, trial_id, form(trial_id, answers=("Half an answ",), adult=False))
    assert drafts.kept(ben.member_id, trial_id, drafts.APPLICATION)["answer0"] == "Half an answ"
    assert drafts.kept(cleo.member_id, trial_id, drafts.APPLICATION) == {}
    applying.apply(ben, trial_id, form(trial_id))
    assert db.session.scalar(select(func.count()).select_from(TrialDraft)) == 0


# --- eligibility on the database --------------------------------------------------------------------------------


def failing(member, trial_id):
    return rules.failing(eligibility.checks_for(member.member_id, db.session.get(Trial, trial_id)))


def test_a_report_that_is_late_closes_other_trials_until_it_comes(testing, open_trial, at):
    trial_id, testers = testing(1)
    ben = next(iter(testers.values()))
    other = open_trial(product_id=3, ends_at=START + days(100), answer_at=START + days(110))
    at(days(21))
    jobs.sweep()
    assert failing(ben, other) == []
    at(days(1))
    jobs.sweep()
    assert failing(ben, other) == [Line.OVERDUE]
    assert states(trial_id) == ["overdue"]


def test_a_report_that_never_came_closes_them_for_a_year(testing, open_trial, at):
    trial_id, testers = testing(1)
    who = next(iter(testers.values()))
    at(days(51))
    jobs.sweep()
    assert states(trial_id) == ["defaulted"]
    far = {"ends_at": START + days(900), "answer_at": START + days(901)}
    other = open_trial(product_id=3, **far)
    assert failing(who, other) == [Line.DEFAULTED]
    at(days(364))
    assert failing(who, other) == [Line.DEFAULTED]
    at(days(1))
    assert failing(who, other) == []


def test_the_same_kind_of_product_waits_six_months(testing, open_trial, at):
    _trial_id, testers = testing(1)
    who = next(iter(testers.values()))
    far = {"ends_at": START + days(900), "answer_at": START + days(901)}
    kin, other = open_trial(product_id=2, **far), open_trial(product_id=3, **far)
    assert failing(who, kin) == [Line.FAMILY] and failing(who, other) == []
    at(days(183))
    assert Line.FAMILY not in failing(who, kin)


def test_products_on_their_way_count_as_those_that_came(open_trial, max_):
    far = {"ends_at": START + days(900), "answer_at": START + days(901)}
    (who,) = people(1)
    with unit_of_work():
        db.session.add(Product(id=4, key="p4", slug="p4", name="P4", search_text="p4", category_id=3))
    for product_id in (1, 3):
        trial_id = open_trial(product_id=product_id, **far)
        applying.apply(who, trial_id, form(trial_id))
        campaigns.end_applications(max_, trial_id, "All have applied")
        selecting.confirm(max_, trial_id, selecting.preview(max_, trial_id).digest)
    assert failing(who, open_trial(product_id=4, **far)) == [Line.RECENT]


def test_a_recall_before_dispatch_closes_no_other_trial(chosen, open_trial, max_):
    trial_id, crowd = chosen(1)
    campaigns.suspend(max_, trial_id, "It leaks")
    far = {"ends_at": START + days(900), "answer_at": START + days(901)}
    assert failing(next(iter(crowd.values())), open_trial(product_id=2, **far)) == []


def test_a_measure_counts_for_a_hundred_and_eighty_days_unless_it_was_wrong(open_trial, ben, mo, at):
    from moderation.sanctions import striking
    from moderation.sanctions.strike_rules import StrikeCause

    far = {"ends_at": START + days(900), "answer_at": START + days(901)}
    trial_id = open_trial(**far)
    wrong = striking.strike(mo, ben.member_id, StrikeCause.INSULT, "", "an insult").strike_id
    at(START + days(30))
    found = eligibility.checks_for(ben.member_id, db.session.get(Trial, trial_id))
    assert [(one.line, one.passes_at) for one in found if one.met is False] == [
        (Line.CONDUCT, START + days(180))
    ]
    at(START + days(180.1))
    assert failing(ben, trial_id) == []
    at(START)
    striking.take_back(mo, wrong, "It was a mistake")
    assert failing(ben, trial_id) == []


def test_restrictions_of_the_account_say_until_when(open_trial, ben):
    trial_id = open_trial()
    change(ben, silenced_until=START + days(4))
    found = eligibility.checks_for(ben.member_id, db.session.get(Trial, trial_id))
    assert [(one.line, one.passes_at) for one in found if one.met is False] == [
        (Line.CONDUCT, START + days(4))
    ]


def test_facts_of_many_members_take_as_many_queries_as_of_one(open_trial, count_queries):
    trial = db.session.get(Trial, open_trial())
    ids = [who.member_id for who in people(60)]
    db.session.refresh(trial)
    with count_queries() as one:
        eligibility.standings(ids[:1], trial)
    with count_queries() as many:
        eligibility.standings(ids, trial)
    assert len(one) == len(many) <= 4


def test_an_account_that_closes_gives_its_place_and_its_words_back(chosen, max_, sign_in):
    from accounts.events import MemberClosed
    from common.unit_of_work import record
    from rewards.trials.sending import addresses
    from tests.trials.conftest import HOME

    trial_id, crowd = chosen(4)
    first = next(iter(crowd))
    addresses.give(crowd[first], trial_id, HOME)
    with unit_of_work():
        record(MemberClosed(crowd[first].member_id))
    assert state_of(first) == Part.DECLINED and not keeping.opened(AddressOf.TRIAL, [first])
    assert db.session.get(TrialApplication, first).answers == []
    assert state_of(list(crowd)[2]) == Part.ADDRESS_PENDING, "the head of the waiting list has the place"


def test_the_system_ends_applications_only_when_it_is_time(open_trial):
    trial_id = open_trial()
    with pytest.raises(Invalid):
        campaigns.end_applications(SYSTEM, trial_id)
