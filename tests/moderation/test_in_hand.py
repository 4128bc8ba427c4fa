"""A moderator has five items in hand: one on screen, four held ready. Managers take over; nothing is late unseen."""

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden
from common.unit_of_work import unit_of_work
from moderation.jobs import tidy_queue
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.queries import of_tab
from moderation.review.rules import Decision, ItemState
from moderation.review.showing import shown
from tests.conftest import START


@pytest.fixture
def queue(policy, make_question, newcomer, at):
    """Seven held questions, one minute apart; returns their items' ids."""
    policy("trust")
    at(START)
    for number in range(7):
        at(timedelta(minutes=1))
        make_question(newcomer, title=f"A question that waits, number {number}")
    ids = list(db.session.scalars(db.select(ReviewItem.id).order_by(ReviewItem.id)))
    db.session.rollback()
    return ids


def read(item_id):
    return db.session.get(ReviewItem, item_id, populate_existing=True)


def decide(who, lease):
    stamp = shown(read(lease.item_id)).stamp
    return deciding.decide(who, lease.item_id, lease.token, stamp, Verdict(Decision.APPROVE))


def news_of(who, kind):
    mine = (Notification.member_id == who.member_id, Notification.kind == kind)
    return list(db.session.scalars(db.select(Notification).where(*mine)))


def test_five_are_in_hand_and_one_is_looked_at(queue, mo):
    lease = leasing.take_next(mo)
    assert lease.item_id == queue[0] and leasing.held_ready(mo, lease.item_id) == queue[1:5]
    begun = [item_id for item_id in queue if read(item_id).lease_begun_at is not None]
    assert begun == [queue[0]] and read(queue[5]).state == ItemState.OPEN


def test_a_decision_brings_the_next_of_the_five_and_takes_one_more(queue, mo):
    decide(mo, leasing.take_next(mo))
    lease = leasing.take_next(mo)
    assert lease.item_id == queue[1] and leasing.held_ready(mo, lease.item_id) == queue[2:6]


def test_an_item_held_ready_can_be_decided_with_its_own_token(queue, mo):
    leasing.take_next(mo)
    ahead = read(queue[1])
    decide(mo, leasing.Lease(ahead.id, ahead.lease_token, ahead.lease_until))
    assert read(queue[1]).state == ItemState.DECIDED


def test_danger_that_comes_in_is_the_next(queue, mo):
    first = leasing.take_next(mo)
    with unit_of_work():
        read(queue[6]).klass = 0
    decide(mo, first)
    assert leasing.take_next(mo).item_id == queue[6]


def test_nobody_waits_for_what_a_colleague_only_holds_ready(queue, mo, second_moderator, max_):
    mine, theirs = leasing.take_next(mo), leasing.take_next(second_moderator)
    assert theirs.item_id == queue[5]
    third = leasing.take_next(max_)
    assert third.item_id == queue[1], "everything is in hand: the most pressing that nobody looks at"
    assert len({mine.item_id, theirs.item_id, third.item_id}) == 3
    with pytest.raises(Conflict):
        decide(mo, leasing.Lease(queue[1], "the old token", third.until))


def test_a_heartbeat_renews_what_is_held_ready_as_well(queue, mo, at):
    lease = leasing.take_next(mo)
    at(timedelta(seconds=170))
    until = leasing.heartbeat(mo, lease.item_id, lease.token)
    at(timedelta(seconds=20))
    assert leasing.held_ready(mo, lease.item_id) == queue[1:5] and read(queue[4]).lease_until == until


def test_leases_end_together_when_the_page_is_closed(queue, mo, second_moderator, at):
    leasing.take_next(mo)
    at(timedelta(seconds=181))
    assert leasing.held_ready(mo, None) == []
    assert leasing.take_next(second_moderator).item_id == queue[0]


def test_a_tab_leads_to_its_own_items_and_lets_go_of_others(queue, mo):
    leasing.take_next(mo)
    with unit_of_work():
        read(queue[6]).signals = ["links"]
    assert leasing.take_next(mo, of_tab("links")).item_id == queue[6]
    assert read(queue[1]).state == ItemState.OPEN
    assert leasing.take_next(mo, of_tab("appeals")) is None


def test_a_manager_takes_over_and_the_first_one_is_told(queue, mo, max_):
    lease = leasing.claim(mo, queue[0])
    taken = leasing.take_over(max_, queue[0])
    with pytest.raises(Conflict, match="Max is looking at this"):
        decide(mo, lease)
    decide(max_, taken)
    assert db.session.scalar(db.select(AuditEntry.act).where(AuditEntry.act == "review.taken_over"))
    with pytest.raises(Conflict):
        leasing.take_over(max_, queue[0])


def test_moderators_do_not_take_over(queue, mo, second_moderator):
    leasing.claim(mo, queue[0])
    with pytest.raises(Forbidden):
        leasing.take_over(second_moderator, queue[0])
    assert read(queue[0]).lease_owner_id == mo.member_id


def test_what_is_late_is_told_to_managers_until_somebody_decides(queue, mo, max_, at):
    at(timedelta(hours=3))
    tidy_queue()
    tidy_queue()
    (news,) = news_of(max_, "review-late")
    assert news.params["late"] == 7 and news_of(mo, "review-late") == []
    at(timedelta(hours=4))
    tidy_queue()
    assert len(news_of(max_, "review-late")) == 2
    assert all(read(item_id).state == ItemState.OPEN for item_id in queue), (
        "late is never dropped nor published"
    )


def test_danger_is_called_out_at_once(policy, make_question, ada, mo, max_, ben):
    policy("reactive")
    post_id = make_question(ada, title="A pan caught fire beside it")
    from moderation.flags.flagging import flag
    from moderation.flags.rules import FlagReason

    flag(ben, post_id, FlagReason.DANGEROUS)
    assert len(news_of(mo, "review-urgent")) == len(news_of(max_, "review-urgent")) == 1
    assert news_of(ben, "review-urgent") == []


def test_danger_calls_who_is_on_duty_there_and_no_limited_moderator_who_is_not(
    policy, make_question, ada, mo, max_, root, ben, at
):
    from accounts.members.models import Member
    from moderation.duty import numbers, planning
    from moderation.flags.flagging import flag
    from moderation.flags.rules import FlagReason

    policy("reactive")
    at(START)
    with unit_of_work():
        db.session.get(Member, 901).role, db.session.get(Member, 901).is_limited = "moderator", True
    planning.put_on_duty(max_, root.member_id, [(1, numbers.now_shift())])
    flag(ben, make_question(ada, title="A pan caught fire beside it"), FlagReason.DANGEROUS)
    assert len(news_of(root, "review-urgent")) == len(news_of(max_, "review-urgent")) == 1
    assert news_of(mo, "review-urgent") == []
    flag(ben, make_question(ada, title="Another pan, elsewhere", category_id=2), FlagReason.DANGEROUS)
    assert len(news_of(mo, "review-urgent")) == 1 and len(news_of(root, "review-urgent")) == 1
    assert db.session.scalar(db.select(db.func.count()).where(Notification.member_id == 901)) == 0
