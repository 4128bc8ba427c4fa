"""Two workers read the same texts for the same watches: each match is one, each notice is one, the hour's room holds."""

from __future__ import annotations

from sqlalchemy import select

from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.watches import forms, keeping, matching
from moderation.watches.models import SavedWatch, WatchMatch
from tests.conftest import START
from tests.races.test_desk_races import count, unexpected


def test_two_workers_find_each_text_once_and_tell_the_hours_room(mo, members, make_question, in_threads):
    clock.travel(START)
    keeping.make(mo, forms.draft({"name": "Hum", "any_of": "hums"}))
    ids = [make_question(one, title=f"The drum of {one.member_id} hums") for one in members[:12]]
    results = in_threads(4, lambda n: matching.match(ids[n % 2 :: 2]))
    assert not unexpected(results), unexpected(results)
    assert sum(results) == count(WatchMatch) == 12
    kinds = sorted(db.session.scalars(select(Notification.kind).where(Notification.kind.like("watch-%"))))
    assert kinds == ["watch-off"] * 5 + ["watch-off-more"]


def test_a_worker_that_only_looks_first_would_find_twice(mo, members, make_question, in_threads):
    """The racy twin: it looks whether the match is there, and writes another row for a watch without the key."""
    clock.travel(START)
    watch = keeping.make(mo, forms.draft({"name": "Hum", "any_of": "hums"}))
    post_id = make_question(members[0], title="The drum hums")
    found: list[int] = []

    def act(_n):
        known = db.session.scalar(select(WatchMatch.id).where(WatchMatch.post_id == post_id))
        db.session.rollback()
        clock_gap.wait()
        if known is None:
            found.append(watch)

    import threading

    clock_gap = threading.Barrier(3)
    in_threads(3, act)
    assert len(found) > 1
    with unit_of_work():
        assert db.session.get(SavedWatch, watch) is not None
