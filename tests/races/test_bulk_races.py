"""Two who confirm many refusals at once, and two workers at one go. Racy twins must be caught."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from common import jobs, settings
from common.db import db, update_where
from common.errors import Conflict, Refusal
from common.unit_of_work import unit_of_work
from moderation.bulk import proposing, running
from moderation.bulk.choosing import Filter
from moderation.bulk.models import Bulk
from moderation.bulk.proposing import Wish
from moderation.bulk.rules import BulkState, By, Choice
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Reason
from moderation.review.showing import stamps_of
from moderation.sanctions.models import Statement

MANY = 12
ITEMS = 4


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def moderators(make_moderators):
    """A dozen of them."""
    return make_moderators(MANY)


@pytest.fixture
def proposal(moderators, newcomer, make_question, mo):
    """Refusals that wait for a second person."""
    for n in range(ITEMS):
        make_question(newcomer, title=f"A question that waits, number {n}")
    stamps = stamps_of(list(db.session.scalars(select(ReviewItem.id))))
    with settings.override(moderation__bulk_alone=1):
        return proposing.begin(mo, Filter(By.TICKED, ""), stamps, Wish(Choice.REFUSE, Reason.JUNK))


def test_of_a_dozen_who_confirm_at_once_one_does(moderators, proposal, in_threads):
    results = in_threads(MANY, lambda n: proposing.confirm(moderators[n], proposal))
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert results.count(None) == 1 and sum(isinstance(one, Conflict) for one in results) == MANY - 1
    bulk = proposing.load(proposal)
    assert bulk.confirmed_by_id == moderators[results.index(None)].member_id
    waiting = select(func.count()).select_from(jobs.Job).where(jobs.Job.kind == proposing.JOB)
    assert db.session.scalar(waiting) == 1


def test_confirming_and_taking_off_at_once_leave_one_of_the_two(moderators, proposal, in_threads):
    acts = (proposing.confirm, proposing.cancel)
    results = in_threads(2, lambda n: acts[n](moderators[n], proposal))
    state = proposing.load(proposal).state
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert state in (BulkState.RUNNING, BulkState.CANCELLED, BulkState.STOPPED)
    assert results[0] is not None or state != BulkState.CANCELLED


def test_workers_at_one_go_decide_each_item_once(moderators, proposal, in_threads):
    proposing.confirm(moderators[0], proposal)
    results = in_threads(4, lambda _n: running.run(proposal))
    assert results == [None] * 4
    assert count(ReviewDecision) == count(Statement) == ITEMS
    bulk = proposing.load(proposal)
    assert (bulk.state, bulk.decided_count) == (BulkState.DONE, ITEMS)


def test_a_confirmation_that_reads_before_it_writes_would_be_given_twice(moderators, proposal, in_threads):
    """The racy twin: read as waiting in one transaction, confirmed in another without a condition."""

    def careless(number):
        waits = db.session.scalar(select(Bulk.state).where(Bulk.id == proposal)) == BulkState.PROPOSED
        db.session.rollback()
        time.sleep(0.05)
        if waits:
            with unit_of_work():
                update_where(
                    Bulk,
                    Bulk.id == proposal,
                    state=BulkState.RUNNING,
                    confirmed_by_id=moderators[number].member_id,
                )
        return waits

    assert sum(result is True for result in in_threads(6, careless)) > 1
