"""Two workers read the same texts for the same watches: each match is one, each notice is one, the hour's room holds."""

from __future__ import annotations

import threading

from sqlalchemy import select, text

from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.watches import forms, keeping, matching
from moderation.watches.models import WatchMatch
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


def test_a_worker_that_looks_first_writes_a_second_row(mo, make_question, members, in_threads):
    """The racy twin: it looks whether the match is written, then writes, into the same table without its key."""
    watch = keeping.make(mo, forms.draft({"name": "Hum", "any_of": "hums"}))
    found = {"watch": watch, "post": make_question(members[0], title="The drum hums")}
    mine = "watch_match_twin WHERE watch_id = :watch AND post_id = :post"
    with unit_of_work():
        db.session.execute(
            text("CREATE TABLE watch_match_twin AS SELECT watch_id, post_id FROM watch_match WHERE 1 = 0")
        )
    gap = threading.Barrier(3)

    def look_then_write(_n):
        known = db.session.scalar(text(f"SELECT count(*) FROM {mine}"), found)
        db.session.rollback()
        gap.wait()
        if not known:
            with unit_of_work():
                db.session.execute(text("INSERT INTO watch_match_twin VALUES (:watch, :post)"), found)

    try:
        in_threads(3, look_then_write)
        assert db.session.scalar(text(f"SELECT count(*) FROM {mine}"), found) > 1
    finally:
        with unit_of_work():
            db.session.execute(text("DROP TABLE watch_match_twin"))
    matching.match([found["post"]])
    in_threads(3, lambda _n: matching.match([found["post"]]))
    assert count(WatchMatch) == 1
