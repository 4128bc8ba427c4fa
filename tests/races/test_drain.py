"""Ten scripted moderators drain the queue: each item once, on the version seen, no two live leases, conflicts told.

``FOURMI_DRAIN_ITEMS=5000`` makes it a full day; by default it is a short hour of it (invariants 36 and 37).
"""

from __future__ import annotations

import os
import secrets
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Lock

import pytest
from sqlalchemy import func, insert, select

from common import clock
from common.db import db, update_where
from common.errors import Conflict
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import post_was_edited
from moderation.review.rules import DEFAULT_SLA_MINUTES, Decision, ItemState, Reason, aged_at, due_at
from moderation.review.showing import shown
from moderation.sanctions.models import Statement
from tests.conftest import START
from tests.races.conftest import people

ITEMS = int(os.environ.get("FOURMI_DRAIN_ITEMS", "50"))


@pytest.fixture
def waiting(request, app, at, ada, newcomer, make_question):
    """Held comments of a newcomer in the queue, and ten moderators."""
    count = getattr(request, "param", ITEMS)
    at(START)
    question_id = make_question(ada)
    with unit_of_work():
        now, first = clock.now(), (db.session.scalar(select(func.max(Post.id))) or 0) + 1
        ids = range(first, first + count)
        post = {
            "kind": "comment",
            "author_id": newcomer.member_id,
            "question_id": question_id,
            "parent_id": question_id,
        }
        post |= {
            "body": "A remark that waits.",
            "body_html": "<p>A remark that waits.</p>",
            "state": "held",
            "created_at": now,
        }
        post |= {"held_reasons": ["links"], "language": "en", "version": 1}
        db.session.execute(insert(Post.__table__), [{**post, "id": one} for one in ids])
        item = {
            "kind": "post",
            "target_version": 1,
            "question_id": question_id,
            "author_id": newcomer.member_id,
            "state": "open",
        }
        item |= {
            "signals": ["links"],
            "created_at": now,
            "score": 0.0,
            "language": "en",
            "skip_count": 0,
            "needs_senior": False,
        }
        rows = []
        for one in ids:
            klass = 2 + one % 2 * 3
            times = {
                "due_at": due_at(klass, now, DEFAULT_SLA_MINUTES),
                "aged_at": aged_at(klass, now, DEFAULT_SLA_MINUTES),
            }
            rows.append(
                {**item, **times, "class": klass, "target_id": one, "post_id": one, "open_key": f"post:{one}"}
            )
        db.session.execute(insert(ReviewItem.__table__), rows)
    team = people(6000, 10, "moderator")
    return list(ids), team


class Watch:
    """What ten people do at once, and what must never happen: an item in two pairs of hands."""

    def __init__(self, take=leasing.take_next, reads=True) -> None:
        self.take, self.reads = take, reads
        self.lock = Lock()
        self.hands: dict[int, set[int]] = defaultdict(set)
        self.twice: list[int] = []
        self.told: list[str] = []
        self.changed: set[int] = set()

    def taken(self, item_id, number):
        with self.lock:
            self.hands[item_id].add(number)
            if len(self.hands[item_id]) > 1:
                self.twice.append(item_id)

    def put_down(self, item_id, number):
        with self.lock:
            self.hands[item_id].discard(number)

    def drain(self, me, number):
        """Take, read, decide, until nothing is left; what was decided, with the version that was read."""
        mine = {}
        while lease := self.take(me):
            self.taken(lease.item_id, number)
            item = db.session.get(ReviewItem, lease.item_id, populate_existing=True)
            post_id, stamp = item.post_id, shown(item).stamp
            db.session.rollback()
            if post_id % 7 == 0 and self.first_change(post_id):  # its author changes it while it is read
                self.put_down(lease.item_id, number)
                with unit_of_work():
                    update_where(Post, Post.id == post_id, version=Post.version + 1)
                    post_was_edited(post_id, int(stamp[1:]) + 1)
            refused = post_id % 3 == 0
            verdict = Verdict(Decision.REJECT, Reason.JUNK) if refused else Verdict(Decision.APPROVE)
            try:
                deciding.decide(me, lease.item_id, lease.token, stamp, verdict)
                mine[lease.item_id] = stamp
            except Conflict as conflict:
                self.told.append(str(conflict))
                if not self.reads:  # the twin that decides about a version it has not read
                    mine |= decide_unread(me, lease.item_id, stamp, verdict)
            self.put_down(lease.item_id, number)
        return mine

    def first_change(self, post_id):
        with self.lock:
            new = post_id not in self.changed
            self.changed.add(post_id)
            return new

    def faults(self, posts, results):
        """What went wrong, in words; nothing is what the product promises (invariants 36 and 37)."""
        found = [f"failed: {one!r}" for one in results if isinstance(one, Exception)]
        worked = [one for one in results if isinstance(one, dict)]
        found += ["in two pairs of hands"] if self.twice else []
        decided = Counter(item_id for mine in worked for item_id in mine)
        if len(decided) != len(posts) or set(decided.values()) != {1}:
            found.append("not each decided once")
        rows = {row.item_id: row for row in db.session.scalars(select(ReviewDecision))}
        seen = {item_id: stamp for mine in worked for item_id, stamp in mine.items()}
        if {item_id: row.stamp for item_id, row in rows.items()} != seen:
            found.append("decided about another version than was seen")
        if not all(f"v{row.version}" == row.stamp for row in rows.values()):
            found.append("another version was written down")
        states = db.session.execute(select(ReviewItem.state, func.count()).group_by(ReviewItem.state))
        if dict(states.tuples().all()) != {ItemState.DECIDED: len(posts)}:
            found.append("something still waits")
        refused = sum(one % 3 == 0 for one in posts)
        if db.session.scalar(select(func.count()).select_from(Statement)) != refused:
            found.append("not one statement for each refusal")
        if not (len(self.told) >= len(self.changed) > 0 and all(self.told)):
            found.append("a conflict was not told")
        return found


def decide_unread(me, item_id, stamp, verdict):
    lease = leasing.claim(me, item_id)
    now = shown(db.session.get(ReviewItem, item_id, populate_existing=True)).stamp
    db.session.rollback()
    deciding.decide(me, item_id, lease.token, now, verdict)
    return {item_id: stamp}


def test_ten_moderators_drain_the_queue(waiting, in_threads):
    posts, team = waiting
    watch = Watch()
    results = in_threads(len(team), lambda number: watch.drain(team[number], number))
    assert watch.faults(posts, results) == []


@pytest.mark.parametrize("waiting", [15], indirect=True)
def test_who_takes_without_a_condition_is_caught(waiting, in_threads):
    """The racy twin: an item is read as free in one transaction and taken in another, whoever has it by then."""
    posts, team = waiting
    together = Barrier(len(team))

    def careless(me):
        free = select(ReviewItem.id).where(ReviewItem.state == ItemState.OPEN).order_by(ReviewItem.id)
        item_id = db.session.scalar(free.limit(1))
        db.session.rollback()
        with suppress(BrokenBarrierError):
            together.wait(5)
            together.abort()  # they meet once
        if item_id is None:
            return None
        at, token = clock.now(), secrets.token_urlsafe(16)
        with unit_of_work():
            update_where(
                ReviewItem, ReviewItem.id == item_id, ReviewItem.open_key.is_not(None), state=ItemState.LEASED,
                lease_owner_id=me.member_id, lease_token=token, lease_begun_at=at, lease_until=at + timedelta(minutes=3),
            )  # fmt: skip
        return leasing.Lease(item_id, token, at + timedelta(minutes=3))

    watch = Watch(careless)
    results = in_threads(len(team), lambda number: watch.drain(team[number], number))
    assert "in two pairs of hands" in watch.faults(posts, results)


@pytest.mark.parametrize("waiting", [15], indirect=True)
def test_who_decides_about_what_was_not_read_is_caught(waiting, in_threads):
    """The broken twin: after a conflict the new version is decided about as if it had been read."""
    posts, team = waiting
    watch = Watch(reads=False)
    results = in_threads(2, lambda number: watch.drain(team[number], number))
    assert "decided about another version than was seen" in watch.faults(posts, results)
