"""The queue gives each moderator the most pressing item they may decide, for three minutes."""

from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden
from common.unit_of_work import unit_of_work
from moderation.review import leasing
from moderation.review.models import ReviewItem
from moderation.review.queueing import look_at
from moderation.review.rules import ItemState, queue_key
from tests.conftest import START


@pytest.fixture
def queue(policy, make_question, newcomer, at):
    """Three held questions, one minute apart; returns their items' ids."""
    policy("trust")
    at(START)
    ids = []
    for number in range(3):
        at(timedelta(minutes=1))
        make_question(newcomer, title=f"A question that waits, number {number}")
    with unit_of_work():
        ids = list(db.session.scalars(db.select(ReviewItem.id).order_by(ReviewItem.id)))
    return ids


def read(item_id):
    return db.session.get(ReviewItem, item_id, populate_existing=True)


def test_the_oldest_comes_first(queue, mo):
    assert leasing.take_next(mo).item_id == queue[0]


def test_danger_overtakes(queue, mo):
    with unit_of_work():
        read(queue[2]).klass = 0
    assert leasing.take_next(mo).item_id == queue[2]


def test_the_database_orders_as_the_rules_say(queue, mo, app, at):
    import random

    drawn = random.Random(4)
    with unit_of_work():
        for number in range(40):
            item = ReviewItem(
                kind="sample", target_id=9000 + number, open_key=f"sample:{9000 + number}", klass=drawn.randrange(6),
                due_at=START + timedelta(minutes=drawn.randrange(600)), aged_at=START + timedelta(minutes=drawn.randrange(600)),
            )  # fmt: skip
            db.session.add(item)
    now = at(START + timedelta(minutes=300))
    items = list(db.session.scalars(db.select(ReviewItem).order_by(*leasing.queue_order(now))))
    assert [item.id for item in items] == [
        item.id for item in sorted(items, key=lambda i: queue_key(i.klass, i.aged_at, i.due_at, i.id, now))
    ]


def test_two_moderators_get_two_items(queue, mo, second_moderator):
    first, second = leasing.take_next(mo), leasing.take_next(second_moderator)
    assert {first.item_id, second.item_id} == set(queue[:2])


def test_taking_the_next_puts_the_former_back(queue, mo, second_moderator):
    first = leasing.take_next(mo)
    leasing.claim(mo, queue[2])
    assert read(first.item_id).state == ItemState.OPEN
    assert leasing.take_next(second_moderator).item_id == first.item_id


def test_a_colleague_s_item_is_named(queue, mo, second_moderator):
    leasing.claim(mo, queue[0])
    with pytest.raises(Conflict) as taken:
        leasing.claim(second_moderator, queue[0])
    assert "Mo is looking at this" in str(taken.value)


def test_claiming_again_keeps_the_lease(queue, mo):
    assert leasing.claim(mo, queue[0]).token == leasing.claim(mo, queue[0]).token


def test_an_expired_lease_frees_the_item(queue, mo, second_moderator, at):
    first = leasing.claim(mo, queue[0])
    at(timedelta(seconds=180))
    again = leasing.claim(second_moderator, queue[0])
    assert again.token != first.token
    with pytest.raises(Conflict):
        leasing.heartbeat(mo, queue[0], first.token)


def test_a_heartbeat_renews_but_not_beyond_fifteen_minutes(queue, mo, at):
    lease = leasing.claim(mo, queue[0])
    begun = read(queue[0]).lease_begun_at
    for _ in range(8):
        at(timedelta(seconds=100))
        until = leasing.heartbeat(mo, queue[0], lease.token)
    assert until == begun + timedelta(minutes=15)
    at(timedelta(seconds=101))
    with pytest.raises(Conflict):
        leasing.heartbeat(mo, queue[0], lease.token)


def test_releasing_gives_it_back_and_is_harmless_twice(queue, mo):
    lease = leasing.claim(mo, queue[0])
    leasing.release(mo, queue[0], lease.token)
    leasing.release(mo, queue[0], lease.token)
    assert read(queue[0]).state == ItemState.OPEN


def test_a_skipped_item_comes_back_to_the_same_moderator_after_half_an_hour(queue, mo, second_moderator, at):
    leasing.take_next(mo)
    leasing.skip(mo, queue[0])
    assert leasing.take_next(mo).item_id == queue[1]
    assert leasing.take_next(second_moderator).item_id == queue[0]
    leasing.release(second_moderator, queue[0], read(queue[0]).lease_token)
    at(timedelta(minutes=31))
    assert leasing.take_next(mo).item_id == queue[0]


def test_three_skips_send_it_to_managers(queue, mo, second_moderator, max_):
    for _ in range(3):
        leasing.skip(mo, queue[0])
    assert read(queue[0]).needs_senior
    assert leasing.take_next(second_moderator).item_id == queue[1]
    assert leasing.take_next(max_).item_id == queue[0]


def test_who_took_part_in_the_thread_is_not_given_it(queue, mo, make_answer, ada, make_question, policy):
    policy("reactive")
    question = make_question(ada, title="Another one in the same place")
    make_answer(mo, question)
    item_id = look_at_as_max(question)
    assert leasing.take_next(mo).item_id == queue[0]
    with pytest.raises(Forbidden):
        leasing.claim(mo, item_id)


def look_at_as_max(question):
    from tests.conftest import actor_named

    return look_at(actor_named("max"), question)


@pytest.mark.parametrize("who", ["ben", "sam", "zed"])
def test_the_queue_is_for_moderators(queue, request, who):
    with pytest.raises(Forbidden):
        leasing.take_next(request.getfixturevalue(who))


def test_waiting_too_long_raises_one_alarm(queue, app, at):
    from common.audit import AuditEntry
    from moderation.jobs import tidy_queue

    at(timedelta(hours=3))
    tidy_queue()
    tidy_queue()
    assert len(list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "review.late")))) == 3
