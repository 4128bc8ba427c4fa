"""Fifty moderators at one queue: one decision an item, one lease, one statement. Racy twins must be caught."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Refusal
from common.permissions import ANONYMOUS, Actor
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions import editing
from forum.questions.models import Post
from moderation.flags.flagging import flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason
from moderation.handing import passing
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemState, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing, sanctioning
from moderation.sanctions.models import Appeal, Sanction, Statement
from tests.conftest import START

MANY = 50


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]


@pytest.fixture
def moderators(make_moderators):
    """Fifty moderators."""
    return make_moderators(MANY)


@pytest.fixture
def queue(moderators, newcomer, make_question):
    """Held posts that wait."""

    def fill(number: int) -> list[int]:
        return [make_question(newcomer, title=f"A question that waits, number {n}") for n in range(number)]

    return fill


def test_of_fifty_decisions_on_one_item_one_counts(moderators, queue, in_threads):
    (post_id,) = queue(1)
    item = db.session.scalars(select(ReviewItem)).one()
    item_id, stamp = item.id, shown(item).stamp
    lease = leasing.claim(moderators[0], item_id)

    def decide(number):
        verdict = Verdict(Decision.REJECT, Reason.INSULT) if number % 2 else Verdict(Decision.APPROVE)
        return deciding.decide(moderators[0], item_id, lease.token, stamp, verdict)

    results = in_threads(MANY, decide)
    assert not unexpected(results)
    made = [r for r in results if isinstance(r, deciding.Decided)]
    assert len(made) == 1 and sum(isinstance(r, Conflict) for r in results) == MANY - 1
    restricted = made[0].decision == Decision.REJECT
    assert count(ReviewDecision) == 1 and count(Statement) == int(restricted)
    assert db.session.get(Post, post_id).state == ("rejected" if restricted else "published")


def test_fifty_moderators_who_take_one_item_get_one_lease(moderators, queue, in_threads):
    queue(1)
    item_id = db.session.scalar(select(ReviewItem.id))
    results = in_threads(MANY, lambda n: leasing.claim(moderators[n], item_id))
    assert not unexpected(results)
    assert sum(isinstance(r, leasing.Lease) for r in results) == 1


def test_authors_who_edit_and_moderators_who_escalate_never_wait_for_each_other(
    moderators, queue, newcomer, in_threads
):
    """Everybody takes the text before its item."""
    posts = queue(8)
    leases = {}
    for n, post_id in enumerate(posts):
        item_id = db.session.scalars(select(ReviewItem.id).where(ReviewItem.post_id == post_id)).one()
        leases[n] = leasing.claim(moderators[n], item_id)

    def act(number):
        n = number // 2
        if number % 2:
            return editing.edit_post(newcomer, posts[n], version=1, body="It hums, and it is getting louder.")
        return passing.escalate(moderators[n], leases[n].item_id, leases[n].token, "What is to be done here?")

    results = in_threads(2 * len(posts), act)
    assert not unexpected(results), unexpected(results)[:2]
    assert all(result is False or isinstance(result, Conflict) for result in results[::2])


def test_fifty_moderators_drain_the_queue_and_decide_each_item_once(moderators, queue, in_threads):
    posts = queue(80)
    held: list[tuple[int, int]] = []

    def drain(number):
        me, mine = moderators[number], []
        for _round in range(400):
            lease = leasing.take_next(me)
            if lease is None:
                return mine
            held.append((lease.item_id, me.member_id))
            item = db.session.get(ReviewItem, lease.item_id, populate_existing=True)
            stamp = shown(item).stamp
            db.session.rollback()
            verdict = (
                Verdict(Decision.REJECT, Reason.JUNK) if lease.item_id % 3 == 0 else Verdict(Decision.APPROVE)
            )
            deciding.decide(me, lease.item_id, lease.token, stamp, verdict)
            mine.append(lease.item_id)
        return mine

    results = in_threads(MANY, drain)
    assert not [r for r in results if isinstance(r, Exception)], [
        r for r in results if isinstance(r, Exception)
    ][:3]
    decided = [item_id for mine in results for item_id in mine]
    assert len(decided) == len(set(decided)) == len(posts) == count(ReviewDecision)
    assert len(held) == len({item_id for item_id, _who in held})
    assert db.session.scalar(select(func.count()).where(ReviewItem.state == ItemState.DECIDED)) == len(posts)
    restricted = db.session.scalar(select(func.count()).where(ReviewDecision.decision == Decision.REJECT))
    assert count(Statement) == restricted > 0


def test_a_queue_that_reads_before_it_writes_would_lease_one_item_twice(moderators, queue, in_threads):
    """The racy twin: the item is read as free in one transaction and taken in another without a condition."""
    queue(1)
    item_id = db.session.scalar(select(ReviewItem.id))

    def careless(number):
        free = db.session.scalar(select(ReviewItem.state).where(ReviewItem.id == item_id)) == ItemState.OPEN
        db.session.rollback()
        time.sleep(0.05)
        if free:
            with unit_of_work():
                update_where(
                    ReviewItem, ReviewItem.id == item_id, state=ItemState.LEASED, lease_token=f"t{number}",
                    lease_owner_id=moderators[number].member_id, lease_until=clock.now(),
                )  # fmt: skip
        return free

    assert sum(result is True for result in in_threads(8, careless)) > 1


def test_a_decision_without_a_condition_would_be_made_twice(moderators, queue, in_threads):
    """The racy twin of deciding: only the unique key on the item stands between it and two statements."""
    queue(1)
    item_id = db.session.scalar(select(ReviewItem.id))

    def careless(number):
        undecided = db.session.scalar(select(ReviewItem.decided_at).where(ReviewItem.id == item_id)) is None
        db.session.rollback()
        time.sleep(0.05)
        if undecided:
            with unit_of_work():
                update_where(
                    ReviewItem,
                    ReviewItem.id == item_id,
                    decided_at=clock.now(),
                    state=ItemState.DECIDED,
                    open_key=None,
                )
        return undecided

    assert sum(result is True for result in in_threads(8, careless)) > 1


def test_thirty_reports_at_once_hide_a_post_once(moderators, app, ada, make_question, in_threads, at):
    with unit_of_work():
        for category in db.session.scalars(select(Category)):
            category.policy = "reactive"
        for number in range(5000, 5030):
            db.session.add(
                Member(
                    id=number, email=f"f{number}@example.com", email_key=f"f{number}@example.com",
                    email_verified_at=START, display_name=f"F {number}", name_key=f"f {number}", slug=f"f-{number}",
                    language="en", joined_at=START - timedelta(days=number - 4000), rank=4,
                )
            )  # fmt: skip
    post_id = make_question(ada)
    for number in range(5000, 5030):  # people who are here: no raid
        with unit_of_work():
            db.session.add(
                Post(
                    kind="comment", author_id=number, question_id=post_id, parent_id=post_id, body="Hello there",
                    body_html="<p>Hello there</p>", state="published", published_at=START, created_at=START,
                )
            )  # fmt: skip
    people = [
        Actor(member_id=n, role="member", rank=4, language="en", email_verified=True, joined_at=START)
        for n in range(5000, 5030)
    ]
    results = in_threads(30, lambda n: flag(people[n], post_id, FlagReason.INSULT))
    assert not unexpected(results)
    assert db.session.get(Post, post_id).state == "hidden"
    assert count(Statement) == 1 and count(ReviewItem) == 1
    assert count(Flag) == sum(result is True for result in results) >= 3


def test_one_member_who_reports_fifty_times_at_once_reports_once(
    moderators, app, ada, ben, make_question, in_threads
):
    with unit_of_work():
        for category in db.session.scalars(select(Category)):
            category.policy = "reactive"
    post_id = make_question(ada)
    results = in_threads(MANY, lambda n: flag(ben, post_id, FlagReason.INSULT))
    assert not unexpected(results) and sum(result is True for result in results) == 1 == count(Flag)


def test_fifty_appeals_at_once_are_one(moderators, mo, ben, in_threads):
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    statement_id = db.session.scalar(select(Statement.id))
    results = in_threads(
        MANY, lambda n: appealing.appeal(ANONYMOUS, statement_id, "I did not say what was reported.")
    )
    assert not unexpected(results)
    assert sum(isinstance(r, int) for r in results) == 1 == count(Appeal)


def test_fifty_who_lift_one_silence_lift_it_once(moderators, mo, ben, in_threads):
    sanction_id = sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    results = in_threads(MANY, lambda n: sanctioning.lift(moderators[n], sanction_id, "It was too hard"))
    assert not unexpected(results)
    assert sum(result is None for result in results) == 1
    assert db.session.get(Sanction, sanction_id).state == "lifted"
    assert db.session.get(Member, ben.member_id).silenced_until is None
