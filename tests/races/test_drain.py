"""Ten scripted moderators drain the queue: each item once, on the version seen, no two live leases, conflicts told.

``FOURMI_DRAIN_ITEMS=5000`` makes it a full day; by default it is a short hour of it (invariants 36 and 37).
"""

from __future__ import annotations

import os
from collections import Counter

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
def waiting(app, at, ada, newcomer, make_question):
    """Held comments of a newcomer in the queue, and ten moderators."""
    at(START)
    question_id = make_question(ada)
    with unit_of_work():
        now, first = clock.now(), (db.session.scalar(select(func.max(Post.id))) or 0) + 1
        ids = range(first, first + ITEMS)
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


def test_ten_moderators_drain_the_queue(waiting, in_threads):
    posts, team = waiting
    told: list[str] = []
    changed: set[int] = set()

    def drain(number):
        me, mine = team[number], {}
        while lease := leasing.take_next(me):
            item = db.session.get(ReviewItem, lease.item_id, populate_existing=True)
            post_id, stamp = item.post_id, shown(item).stamp
            db.session.rollback()
            if post_id % 7 == 0 and post_id not in changed:  # its author changes it while it is read
                changed.add(post_id)
                with unit_of_work():
                    update_where(Post, Post.id == post_id, version=Post.version + 1)
                    post_was_edited(post_id, int(stamp[1:]) + 1)
            refused = post_id % 3 == 0
            verdict = Verdict(Decision.REJECT, Reason.JUNK) if refused else Verdict(Decision.APPROVE)
            try:
                deciding.decide(me, lease.item_id, lease.token, stamp, verdict)
                mine[lease.item_id] = stamp
            except Conflict as conflict:
                told.append(str(conflict))
        return mine

    results = in_threads(len(team), drain)
    assert not [one for one in results if isinstance(one, Exception)]
    decided = Counter(item_id for mine in results for item_id in mine)
    assert len(decided) == len(posts) and set(decided.values()) == {1}, (
        "each item is decided by one moderator, once"
    )
    rows = {row.item_id: row for row in db.session.scalars(select(ReviewDecision))}
    seen = {item_id: stamp for mine in results for item_id, stamp in mine.items()}
    assert {item_id: row.stamp for item_id, row in rows.items()} == seen, "about the version that was seen"
    assert all(f"v{row.version}" == row.stamp for row in rows.values())
    states = dict(
        db.session.execute(select(ReviewItem.state, func.count()).group_by(ReviewItem.state)).tuples().all()
    )
    assert states == {ItemState.DECIDED: len(posts)}
    refused = sum(one % 3 == 0 for one in posts)
    assert db.session.scalar(select(func.count()).select_from(Statement)) == refused
    assert len(told) >= len(changed) > 0 and all(told), "whoever was in the way of another reads why"
