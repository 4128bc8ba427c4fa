"""Choosing testers, the waiting list, addresses and the way of the product."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accounts.members.models import Member
from common import clock
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.content.reviews.models import Review
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf, SealedAddress
from rewards.shop.rules import signature
from rewards.trials import applying, campaigns, eligibility, jobs, lottery, selecting
from rewards.trials.models import Trial, TrialApplication, TrialMove, TrialStock
from rewards.trials.rules import Method
from rewards.trials.sending import addresses, shipping
from rewards.trials.sending.shipping import Event, Outcome
from tests.conftest import START, all_rows, stored_text
from tests.trials.conftest import HOME, days, form, people, stage, state_of, states


def held(trial_id):
    db.session.rollback()
    return db.session.get(TrialStock, trial_id).held


# --- selection --------------------------------------------------------------------------------------------------


def test_a_preview_writes_nothing_and_a_confirmation_does_exactly_that(open_trial, max_):
    trial_id = open_trial(stock=2)
    for who in people(5):
        applying.apply(who, trial_id, form(trial_id))
    campaigns.end_applications(max_, trial_id, "enough")
    before = all_rows()
    shown = selecting.preview(max_, trial_id)
    assert all_rows() == before
    assert selecting.confirm(max_, trial_id, shown.digest)
    assert selecting.confirm(max_, trial_id, shown.digest) is False
    trial = db.session.get(Trial, trial_id)
    assert lottery.holds(trial.seed, trial.commitment), "anybody can recheck it now"
    order = [
        int(one.removeprefix("A-"))
        for one in lottery.order(trial.seed, [lottery.label(one) for one in trial.frozen])
    ]
    a = TrialApplication
    assert list(db.session.scalars(select(a.id).order_by(a.position))) == order
    assert [state_of(one) for one in order] == ["address_pending"] * 2 + ["waitlisted"] * 3 and held(
        trial_id
    ) == 2


def test_what_changed_since_the_preview_is_looked_at_again(open_trial, max_):
    trial_id = open_trial(stock=2)
    crowd = people(3)
    for who in crowd:
        applying.apply(who, trial_id, form(trial_id))
    campaigns.end_applications(max_, trial_id, "enough")
    digest = selecting.preview(max_, trial_id).digest
    applying.withdraw(crowd[0], trial_id)
    before = all_rows()
    with pytest.raises(Conflict):
        selecting.confirm(max_, trial_id, digest)
    assert all_rows() == before


def test_another_seed_than_the_announced_one_is_noticed(open_trial, max_):
    from common.secrecy import seal

    trial_id = open_trial()
    campaigns.end_applications(max_, trial_id, "enough")
    with unit_of_work():
        db.session.execute(update(Trial).values(seed_cipher=seal(campaigns.USE, "a seed that suits us")))
    with pytest.raises(Conflict, match="not the one that was announced"):
        selecting.preview(max_, trial_id)


def test_who_is_restricted_at_selection_is_dropped_with_the_reason(open_trial, max_):
    trial_id = open_trial(stock=3)
    crowd = people(3)
    ids = [applying.apply(who, trial_id, form(trial_id)) for who in crowd]
    campaigns.end_applications(max_, trial_id, "enough")
    with unit_of_work():
        db.session.execute(
            update(Member).where(Member.id == crowd[1].member_id).values(silenced_until=START + days(60))
        )
    selecting.confirm(max_, trial_id, selecting.preview(max_, trial_id).digest)
    assert states(trial_id) == ["address_pending", "rejected", "address_pending"]
    assert db.session.get(TrialApplication, ids[1]).failing == ["conduct"] and held(trial_id) == 2


def test_merit_counts_what_the_rules_say(open_trial, max_, make_question, make_answer, ada):
    from forum.solutions.accepting import accept_answer

    trial_id = open_trial(stock=1, method=Method.MERIT)
    crowd = people(2)
    ids = [applying.apply(who, trial_id, form(trial_id)) for who in crowd]
    question = make_question(ada, category_id=2)
    answer = make_answer(crowd[1], question)
    accept_answer(ada, question, answer)
    campaigns.end_applications(max_, trial_id, "enough")
    selecting.score_answers(max_, ids[0], 4)
    with pytest.raises(Invalid):
        selecting.score_answers(max_, ids[0], 6)
    shown = selecting.preview(max_, trial_id)
    assert shown.merits[ids[0]].answer == 4 and shown.merits[ids[1]].expertise == 1 / 20
    assert shown.scores[ids[0]] == 1000 + 1200 + 1000 and shown.scores[ids[1]] == 200 + 1000 + 1000
    selecting.confirm(max_, trial_id, shown.digest)
    assert db.session.get(TrialApplication, ids[0]).lot == "merit"
    with pytest.raises(Conflict):
        selecting.score_answers(max_, ids[0], 5)


def test_ones_own_answers_are_no_expertise_and_useful_reviews_count(
    open_trial, max_, make_question, make_answer
):
    from forum.solutions.accepting import accept_answer

    trial_id = open_trial(stock=1, method=Method.MERIT)
    crowd = people(2)
    ids = [applying.apply(who, trial_id, form(trial_id)) for who in crowd]
    question = make_question(crowd[0], category_id=2)
    accept_answer(crowd[0], question, make_answer(crowd[0], question))
    with unit_of_work():
        for number, useful in ((1, 3), (2, 2)):
            db.session.add(
                Review(
                    product_id=number, category_id=2, title="It works", rating=1, experienced_on=START.date(), useful_count=useful,
                    author_id=crowd[1].member_id, state="published", body="It works.", body_html="", published_at=START, language="en",
                )
            )  # fmt: skip
    campaigns.end_applications(max_, trial_id, "enough")
    shown = selecting.preview(max_, trial_id)
    assert shown.merits[ids[0]].expertise == 0
    assert shown.merits[ids[1]].usefulness == pytest.approx(1 / 3)
    assert shown.scores[ids[1]] == 1000 + 500 + 1000


def test_many_applicants_take_few_statements(open_trial, max_, count_queries):
    def statements(count, first):
        trial_id = open_trial(stock=2)
        for who in people(count, first=first):
            applying.apply(who, trial_id, form(trial_id))
        campaigns.end_applications(max_, trial_id, "enough")
        digest = selecting.preview(max_, trial_id).digest
        with count_queries() as seen:
            selecting.confirm(max_, trial_id, digest)
        return len(seen)

    few, many = statements(4, 3001), statements(24, 4001)
    assert many <= few + 2


# --- the waiting list -------------------------------------------------------------------------------------------


def test_a_place_given_back_goes_to_the_head_of_the_list(chosen):
    trial_id, crowd = chosen(4)
    order = list(crowd)
    assert applying.decline(crowd[order[0]], trial_id) and not applying.decline(crowd[order[0]], trial_id)
    assert [state_of(one) for one in order] == [
        "declined",
        "address_pending",
        "address_pending",
        "waitlisted",
    ]
    assert held(trial_id) == 2


def test_no_address_in_48_hours_and_the_next_one_is_asked_in_frozen_order(chosen, at):
    trial_id, crowd = chosen(4)
    order = list(crowd)
    addresses.give(crowd[order[1]], trial_id, HOME)
    at(timedelta(hours=47, minutes=59))
    jobs.sweep()
    assert state_of(order[0]) == "address_pending"
    at(timedelta(minutes=1))
    jobs.sweep()
    jobs.sweep()
    assert [state_of(one) for one in order] == ["address_timeout", "ready", "address_pending", "waitlisted"]


def test_who_is_not_eligible_any_more_is_passed_over_in_the_list(chosen):
    trial_id, crowd = chosen(4)
    order = list(crowd)
    with unit_of_work():
        gone = {"suspended_until": START + days(60)}
        db.session.execute(update(Member).where(Member.id == crowd[order[2]].member_id).values(**gone))
    applying.decline(crowd[order[0]], trial_id)
    assert [state_of(one) for one in order] == ["declined", "address_pending", "rejected", "address_pending"]


def test_when_all_has_left_the_list_is_closed_and_testing_begins(chosen, max_):
    trial_id, crowd = chosen(3)
    order = list(crowd)
    for one in order[:2]:
        addresses.give(crowd[one], trial_id, HOME)
    assert shipping.hand_over(max_, trial_id) == 2 and shipping.hand_over(max_, trial_id) == 0
    assert stage(trial_id) == "reporting" and state_of(order[2]) == "rejected"


def test_nobody_eligible_ends_by_itself(open_trial, max_):
    trial_id = open_trial()
    campaigns.end_applications(max_, trial_id, "nobody came")
    selecting.confirm(max_, trial_id, selecting.preview(max_, trial_id).digest)
    assert stage(trial_id) == "closing" and campaigns.close(max_, trial_id) and stage(trial_id) == "closed"


# --- addresses --------------------------------------------------------------------------------------------------


def test_no_address_is_taken_before_selection(open_trial, ben):
    trial_id = open_trial()
    applying.apply(ben, trial_id, form(trial_id))
    with pytest.raises(Conflict):
        addresses.give(ben, trial_id, HOME)
    assert db.session.scalar(select(SealedAddress.about_id)) is None


def test_an_address_is_sealed_and_stands_nowhere_else(chosen, max_, drain, outbox):
    trial_id, crowd = chosen(2)
    one, who = next(iter(crowd.items()))
    assert addresses.give(who, trial_id, HOME) is True
    assert addresses.give(who, trial_id, replace(HOME, line1="13 rue des Lilas")) is False
    addresses.for_carrier(max_, trial_id)
    shipping.hand_over(max_, trial_id)
    drain()
    everywhere = stored_text() + "".join(str(mail) for mail in outbox())
    assert not [part for part in ("rue des Lilas", "Rennes", "35000", "Ada Martin") if part in everywhere]
    assert addresses.own_address(who, trial_id).line1 == "13 rue des Lilas"
    assert state_of(one) == "shipped"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"line1": ""}, "line1"), ({"postcode": "123"}, "postcode"), ({"city": "x" * 81}, "city"),
        ({"country": "US"}, "country"),
    ],
)  # fmt: skip
def test_a_wrong_address_is_said(chosen, changes, field):
    trial_id, crowd = chosen(1)
    with pytest.raises(Invalid) as refusal:
        addresses.give(next(iter(crowd.values())), trial_id, replace(HOME, **changes))
    assert field in refusal.value.fields


def test_a_telephone_number_is_kept_only_where_the_carrier_needs_it(chosen):
    trial_id, crowd = chosen(1)
    who = next(iter(crowd.values()))
    addresses.give(who, trial_id, replace(HOME, phone="06 12 34 56 78"))
    assert addresses.own_address(who, trial_id).phone == ""
    other, crowd = chosen_again(trial_id, who)
    with pytest.raises(Invalid) as refusal:
        addresses.give(who, other, HOME)
    assert "phone" in refusal.value.fields


def chosen_again(trial_id, who):
    with unit_of_work():
        db.session.execute(update(Trial).values(needs_phone=True))
    return trial_id, who


@pytest.mark.parametrize("who", ["ada", "mo", "sam", "system"])
def test_only_logistics_reads_addresses(chosen, who, request):
    trial_id, crowd = chosen(1)
    addresses.give(next(iter(crowd.values())), trial_id, HOME)
    actor = SYSTEM if who == "system" else request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        addresses.for_carrier(actor, trial_id)
    with pytest.raises((NotFound, Forbidden)):
        addresses.own_address(actor, trial_id)


def test_logistics_can_be_given_to_agents_and_every_reading_is_written_down(chosen, sam, settings_override):
    trial_id, crowd = chosen(1)
    one, who = next(iter(crowd.items()))
    addresses.give(who, trial_id, HOME)
    with settings_override(trials__logistics=["agent"]):
        parcels = addresses.for_carrier(sam, trial_id)
    assert [parcel.reference for parcel in parcels] == [f"A-{one}"] and parcels[0].address == HOME
    entry = db.session.execute(
        select(AuditEntry).where(AuditEntry.act == "trial.addresses_exported")
    ).scalar_one()
    assert entry.actor_id == sam.member_id and f"A-{one}" in entry.after and "Lilas" not in entry.after


def test_the_carrier_file_is_read_back_and_runs_no_formula():
    evil = addresses.Parcel("A-7", replace(HOME, name="=cmd|' /C calc'!A0", phone="+33612345678"))
    row = next(iter(csv.DictReader(io.StringIO(shipping.parcels_csv([evil])))))
    assert row["reference"] == "A-7" and row["name"].startswith("'=") and row["phone"] == "+33612345678"


def test_addresses_go_thirty_days_after_delivery(testing, at):
    _trial_id, crowd = testing(1)
    one = next(iter(crowd))
    at(days(30) - timedelta(minutes=1))
    jobs.sweep()
    assert keeping.opened(AddressOf.TRIAL, [one])
    at(timedelta(minutes=1))
    jobs.sweep()
    db.session.rollback()
    assert not keeping.opened(AddressOf.TRIAL, [one])
    kept = db.session.get(TrialApplication, one)
    assert (kept.country, kept.postcode_prefix) == ("FR", "35")


def test_what_never_was_delivered_goes_ninety_days_after_dispatch(chosen, max_, at):
    trial_id, crowd = chosen(1)
    one, who = next(iter(crowd.items()))
    addresses.give(who, trial_id, HOME)
    at(days(20))
    shipping.hand_over(max_, trial_id)
    at(days(89))
    jobs.sweep()
    assert keeping.opened(AddressOf.TRIAL, [one])
    at(days(1))
    jobs.sweep()
    db.session.rollback()
    assert not keeping.opened(AddressOf.TRIAL, [one])


# --- the carrier ------------------------------------------------------------------------------------------------


def on_its_way(chosen, max_, count=1):
    trial_id, crowd = chosen(count)
    for who in crowd.values():
        addresses.give(who, trial_id, HOME)
    return trial_id, list(crowd)


def test_messages_come_twice_late_and_out_of_order(chosen, max_):
    _trial_id, [one] = on_its_way(chosen, max_)
    assert shipping.take(max_, Event(f"A-{one}", "delivered", "2026-03-02T09:00:00Z", "XY1")) is Outcome.DONE
    first = db.session.get(TrialApplication, one)
    due, reference = first.due_at, first.carrier_ref
    assert state_of(one) == "delivered" and reference == "XY1"
    for event in (
        Event(f"A-{one}", "delivered"),
        Event(f"A-{one}", "shipped"),
        Event(f"a-{one}", "UNDELIVERED"),
    ):
        assert shipping.take(max_, event) is Outcome.KNOWN
    assert db.session.get(TrialApplication, one).due_at == due
    assert len(db.session.scalars(select(TrialMove.id).where(TrialMove.move == "deliver")).all()) == 1


@pytest.mark.parametrize(
    ("reference", "state", "wanted"),
    [
        ("A-999999", "shipped", Outcome.UNKNOWN), ("", "shipped", Outcome.UNREADABLE), ("A-1", "eaten", Outcome.UNREADABLE),
        ("A-99999999999999", "shipped", Outcome.UNREADABLE), ("A-x", "shipped", Outcome.UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_not_understood_changes_nothing(max_, reference, state, wanted):
    assert shipping.take(max_, Event(reference, state)) is wanted


def test_what_never_came_is_nobodys_fault(chosen, max_):
    trial_id, [one] = on_its_way(chosen, max_)
    shipping.take(max_, Event(f"A-{one}", "undelivered"))
    assert state_of(one) == "undelivered" and stage(trial_id) == "closing"
    assert db.session.get(TrialApplication, one).on_time is None


def test_a_file_of_the_carrier_with_all_that_can_be_wrong(chosen, max_):
    trial_id, [one] = on_its_way(chosen, max_)
    text = f"reference;state;date\nA-{one};delivered;2026-03-02\nA-5000;shipped;\nrubbish;;\n"
    taken = shipping.take_file(max_, trial_id, text.encode("utf-8-sig"))
    assert taken.counts == {Outcome.DONE: 1, Outcome.KNOWN: 0, Outcome.UNKNOWN: 1, Outcome.UNREADABLE: 1}
    assert [line for line, _reference, _outcome in taken.faults] == [3, 4]
    for wrong in (
        b"",
        b"\xff\xfe\x00",
        b"a,b\n1,2",
        b"reference,state\n",
        b"x" * 1_000_001,
    ):
        with pytest.raises(Invalid):
            shipping.take_file(max_, trial_id, wrong)


def test_a_line_of_another_campaign_is_not_taken(chosen, max_, open_trial):
    _trial_id, [one] = on_its_way(chosen, max_)
    assert shipping.take(max_, Event(f"A-{one}", "shipped"), open_trial(product_id=3)) is Outcome.UNKNOWN


def test_signed_messages_with_two_secrets_and_forged_ones(chosen, max_):
    _trial_id, [one] = on_its_way(chosen, max_)
    body = json.dumps({"deliveries": [{"reference": f"A-{one}", "state": "shipped"}]}).encode()
    stamp = str(int(clock.now().timestamp()))

    def signed(secret, stamp=stamp, body=body):
        return stamp, signature(secret, stamp, body)

    secrets = ("the old secret of the carrier", "the new secret of the carrier")
    stale = str(int(stamp) - 301)
    forged = (
        ("", ""),
        (stamp, ""),
        signed("another"),
        signed(secrets[0], stale),
        signed(secrets[0], body=b"{}"),
        ("x", "é"),
    )
    for wrong in forged:
        with pytest.raises(Forbidden):
            shipping.take_message(secrets, *wrong, body)
    with pytest.raises(NotFound):
        shipping.take_message((), *signed(secrets[0]), body)
    assert shipping.take_message(secrets, *signed(secrets[1]), body) == [(f"A-{one}", Outcome.DONE)]
    assert shipping.take_message(secrets, *signed(secrets[0]), body) == [(f"A-{one}", Outcome.KNOWN)]
    many = json.dumps({"deliveries": [{"reference": f"A-{one}", "state": "delivered"}] * 501}).encode()
    with pytest.raises(Invalid, match="500"):
        shipping.take_message(secrets, *signed(secrets[0], body=many), many)
    assert state_of(one) == "shipped", "nothing of it is taken"
    for wrong in (b"{", b"[]", b'{"deliveries": 3}', b'{"deliveries": ["x"]}', b"[" * 100_000):
        with pytest.raises(Invalid):
            shipping.take_message(secrets, *signed(secrets[0], body=wrong), wrong)


def test_expertise_is_no_secret_input(open_trial):
    trial = db.session.get(Trial, open_trial())
    assert eligibility.newcomers([3001], trial) == {3001}
