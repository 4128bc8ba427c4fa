"""A mission's budget and a badge of a campaign when many finish at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common.db import db
from common.unit_of_work import unit_of_work
from rewards.badges import campaigns, honouring
from rewards.badges.campaigns import Draft as Campaign
from rewards.badges.models import BadgeAward, GuideRead
from rewards.badges.rules import BadgeKey, Criterion
from rewards.ledger import verifying
from rewards.ledger.models import LedgerEntry
from rewards.missions import defining, progressing
from rewards.missions.models import Mission, MissionDone
from rewards.missions.rules import MissionKind, StepKind
from tests.conftest import START

N = 20


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def test_a_budget_for_five_pays_five_of_twenty_who_finish_at_once(members, max_, in_threads):
    draft = defining.Draft(
        MissionKind.CAMPAIGN, "Le guide", "The guide", START - timedelta(days=1), START + timedelta(days=5), 7, 1, 10, 55,
        ((StepKind.GUIDE, 1),),
    )  # fmt: skip
    defining.activate(max_, defining.define(max_, draft, "k"))
    with unit_of_work():
        for who in members:
            db.session.add(GuideRead(member_id=who.member_id, read_at=START))
    results = in_threads(2 * N, lambda n: progressing.settle([members[n % N].member_id]))
    assert sum(results) == N
    db.session.rollback()
    assert db.session.scalar(select(Mission.spent)) == 50
    assert db.session.scalar(select(func.count()).where(MissionDone.paid.is_(True))) == 5
    paid = select(func.sum(LedgerEntry.granted)).where(
        LedgerEntry.rule_key == "mission.done", LedgerEntry.account == "spendable"
    )
    assert db.session.scalar(paid) == 50
    assert not list(verifying.faults())


def test_one_campaign_and_one_honour_come_from_many_clicks(members, max_, mo, in_threads):
    draft = Campaign(
        BadgeKey.EVENT, "Fête", "Party", "", "", Criterion.JOINED, 1, START - timedelta(days=200), START
    )  # fmt: skip
    made = set(in_threads(8, lambda _n: campaigns.define(max_, draft, "k")))
    assert len(made) == 1
    words = "For all those patient answers to people who were about to give up."
    given = set(in_threads(8, lambda _n: honouring.honour(mo, members[0].member_id, words, "k")))
    assert len(given) == 1
    award = given.pop()
    honouring.ask_back(mo, award, "A mistake")
    assert sum(in_threads(8, lambda _n: honouring.take_back(max_, award))) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(BadgeAward)) == 1
