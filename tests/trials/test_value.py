"""What a product of a trial is worth counts in the member's year, and the stop of the year holds for trials too."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest

from common import i18n
from common.db import db
from common.errors import Conflict
from common.unit_of_work import unit_of_work
from rewards.ledger import balances
from rewards.trials import applying, campaigns, eligibility, selecting
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import Campaign, Excuse, Line, Part
from rewards.worth import limiting, queries
from tests.trials.conftest import chosen, form, monday, open_trial, people, states, testing  # noqa: F401 - fixtures

WORTH = 40_000


def year(member_id):
    return queries.year_of(member_id, limiting.this_year()).totals


def test_a_product_counts_from_the_day_it_came(testing, ada, at):  # noqa: F811
    _trial, crowd = testing(2, value_minor=WORTH)
    for who in crowd.values():
        assert year(who.member_id) == {"EUR": WORTH}
    (line,) = queries.year_of(who.member_id, limiting.this_year()).lines
    assert (str(line.source), line.reference) == ("Product of a trial", "un-mois-avec-le-marmito")
    assert year(ada.member_id) == {}


def test_on_its_way_it_is_promised_and_returned_or_called_back_it_is_nobodys_benefit(testing, chosen, max_):  # noqa: F811
    _trial, crowd = chosen(1, value_minor=WORTH)
    who = next(iter(crowd.values()))
    assert year(who.member_id) == {} and limiting.without_room([who.member_id], 30_000, "EUR") == {
        who.member_id
    }
    assert limiting.without_room([who.member_id], 20_000, "EUR") == set()
    with unit_of_work():
        one = db.session.get(TrialApplication, next(iter(crowd)))
        one.state, one.delivered_at, one.excuse = Part.EXCUSED, one.selected_at, Excuse.RECALL
    assert year(who.member_id) == {} and limiting.without_room([who.member_id], 60_000, "EUR") == set()


def test_whoever_has_received_enough_this_year_is_told_when_it_opens_again(testing, open_trial, at):  # noqa: F811
    _trial, crowd = testing(1, value_minor=WORTH)
    who = next(iter(crowd.values()))
    other = open_trial(value_minor=WORTH, product_id=3)
    with unit_of_work():
        db.session.get(TrialApplication, next(iter(crowd))).state = Part.ACCEPTED
    failing = [
        one for one in eligibility.checks_for(who.member_id, db.session.get(Trial, other)) if one.met is False
    ]
    assert [one.line for one in failing] == [Line.VALUE]
    assert i18n.local(failing[0].passes_at).date() == date(limiting.this_year() + 1, 1, 1)
    with pytest.raises(Exception, match="value one member may receive"):
        applying.apply(who, other, form(other))
    returned = open_trial(value_minor=WORTH, product_id=3, is_kept=False)
    assert applying.apply(who, returned, form(returned))


def test_the_stop_is_asked_again_when_places_are_given(open_trial, max_, settings_override):  # noqa: F811
    trial_id = open_trial(value_minor=WORTH)
    applying.apply(people(1)[0], trial_id, form(trial_id))
    campaigns.end_applications(max_, trial_id, "enough")
    with settings_override(rewards__value_stop=100):
        selecting.confirm(max_, trial_id, selecting.preview(max_, trial_id).digest)
    assert states(trial_id) == ["rejected"]


@pytest.mark.parametrize("how", ["confirmed", "moved up"])
def test_a_place_waits_for_what_the_same_member_is_being_given_elsewhere(how, open_trial, max_, in_threads):  # noqa: F811
    """The member has room for one of two. Without the member's own lock both would find it."""
    here, elsewhere = open_trial(value_minor=WORTH), open_trial(value_minor=WORTH, product_id=3)
    (who,) = people(1)
    mine = applying.apply(who, here, form(here))
    there = applying.apply(who, elsewhere, form(elsewhere))
    campaigns.end_applications(max_, here, "enough")
    digest = selecting.preview(max_, here).digest
    if how == "moved up":
        with unit_of_work():
            db.session.get(Trial, here).state = Campaign.SHIPPING
            db.session.get(TrialApplication, mine).state = Part.WAITLISTED
    begun = threading.Event()

    def give(number):
        if number == 0:
            with unit_of_work():
                balances.lock([who.member_id])
                begun.set()
                time.sleep(0.25)
                db.session.get(TrialApplication, there).state = Part.ADDRESS_PENDING
            return None
        begun.wait(5)
        if how == "confirmed":
            return selecting.confirm(max_, here, digest)
        with unit_of_work():
            return selecting.fill(here, max_)

    _done, result = in_threads(2, give)
    assert isinstance(result, Conflict) if how == "confirmed" else result == 0
    assert states(here) == (["applied"] if how == "confirmed" else ["rejected"])
    assert states(elsewhere) == ["address_pending"]
