"""Ten long texts at a glance bring a pause; ninety minutes without a rest a suggestion. Both are counted, nobody is named."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from common import settings
from common.db import db
from common.errors import Conflict
from common.unit_of_work import unit_of_work
from moderation.figures import queries as figures
from moderation.pauses import pausing
from moderation.pauses.models import Pace, Pause
from moderation.review import deciding, leasing
from moderation.review import queries as pages
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision
from moderation.review.showing import shown

LONG = 300


def note(who, seconds, length=LONG, times=1):
    with unit_of_work():
        for _time in range(times):
            pausing.note_decision(who, seconds, length)


def kinds():
    return [one.kind for one in db.session.scalars(select(Pause).order_by(Pause.id))]


def test_ten_in_a_row_pause_nine_do_not(app, mo):
    note(mo, 1, times=9)
    assert not pausing.is_paused(mo) and kinds() == []
    note(mo, 0)
    assert pausing.is_paused(mo) and kinds() == ["soft"]


@pytest.mark.parametrize(("seconds", "length"), [(2, LONG), (1, 200)])
def test_one_that_was_read_or_is_short_begins_the_count_anew(app, mo, seconds, length):
    note(mo, 1, times=9)
    note(mo, seconds, length)
    note(mo, 1, times=9)
    assert not pausing.is_paused(mo)


def test_what_nobody_timed_counts_neither_way(app, mo):
    note(mo, 1, times=9)
    note(mo, None)
    assert not pausing.is_paused(mo)
    note(mo, 1)
    assert pausing.is_paused(mo)


def test_a_pause_ends_by_its_button_after_some_seconds_and_harmlessly_twice(app, mo, at):
    note(mo, 1, times=10)
    with pytest.raises(Conflict, match="15 more seconds"):
        pausing.go_on(mo)
    at(timedelta(seconds=14))
    with pytest.raises(Conflict, match="One more second"):
        pausing.go_on(mo)
    at(timedelta(seconds=1))
    pausing.go_on(mo)
    pausing.go_on(mo)
    assert not pausing.is_paused(mo)
    note(mo, 1, times=9)
    assert kinds() == ["soft"], "the count began anew"


def test_a_colleague_goes_on(app, mo, second_moderator, ben):
    note(mo, 1, times=10)
    assert not pausing.is_paused(second_moderator)
    note(ben, 1, times=20)
    assert db.session.get(Pace, ben.member_id) is None, "customers are not timed"


def test_both_can_be_switched_off(app, mo, at):
    with settings.override(**{"moderation.pause_in_a_row": 0, "moderation.rest_minutes": 0}):
        for _time in range(12):
            note(mo, 1)
            at(timedelta(minutes=10))
    assert kinds() == []


def work(who, at, minutes, step=10):
    for _time in range(0, minutes, step):
        at(timedelta(minutes=step))
        note(who, 20)


def test_a_break_is_suggested_once_after_ninety_minutes_and_again_after_ninety_more(app, mo, at):
    note(mo, 20)
    work(mo, at, 80)
    assert not pages.queue(mo, "all").rest_open
    work(mo, at, 10)
    assert pages.queue(mo, "all").rest_open and kinds() == ["rest"]
    pausing.put_aside(mo)
    work(mo, at, 80)
    assert not pages.queue(mo, "all").rest_open and kinds() == ["rest"]
    work(mo, at, 10)
    assert pages.queue(mo, "all").rest_open and kinds() == ["rest", "rest"]


def test_who_rested_needs_no_break(app, mo, at):
    note(mo, 20)
    work(mo, at, 80)
    at(timedelta(minutes=16))
    note(mo, 20)
    work(mo, at, 80)
    assert kinds() == []
    work(mo, at, 10)
    assert pages.queue(mo, "all").rest_open
    at(timedelta(minutes=16))
    note(mo, 20)
    assert not pages.queue(mo, "all").rest_open, "it was taken"


def test_the_figures_count_pauses_of_the_team(app, mo, max_):
    note(mo, 1, times=20)
    found = {one.name: one.value for one in figures.overview(max_, 30).figures}
    assert (found["soft-pauses"], found["rests"]) == ("2", "0")


@pytest.fixture
def long_texts(policy, make_question, newcomer):
    policy("trust")
    words = "It hums at night and it hums by day, and nobody knows why it does so. "
    for number in range(4):
        make_question(newcomer, title=f"A long one that waits, number {number}", body=f"{number} {words * 4}")


def test_deciding_at_a_glance_leads_to_the_pause_and_back(client, sign_in, mo, long_texts, at):
    sign_in(mo)
    with settings.override(**{"moderation.pause_in_a_row": 2}):
        client.post("/en/desk/review/next")
        reply = None
        for _time in range(2):
            item = db.session.scalars(select(ReviewItem).where(ReviewItem.lease_begun_at.is_not(None))).one()
            form = {"stamp": shown(item).stamp, "token": item.lease_token, "decision": "approve"}
            reply = client.post(f"/en/desk/review/{item.id}/decide", data=form)
        page = client.get(reply.headers["Location"]).get_data(as_text=True)
        assert reply.headers["Location"].endswith("/desk/review?tab=all")
        assert "Take your time" in page and 'data-key="a"' not in page
        item = db.session.scalars(select(ReviewItem).where(ReviewItem.state == "leased")).first()
        form = {"stamp": shown(item).stamp, "token": item.lease_token, "decision": "reject", "reason": "junk"}
        assert client.post(f"/en/desk/review/{item.id}/decide", data=form).status_code == 409
        assert client.post("/en/desk/review/next").headers["Location"].endswith("/desk/review?tab=all")
        behind = client.post("/en/desk/review/next", headers={"X-Fragment": "1"})
        assert behind.headers["X-Go"].endswith("/desk/review?tab=all")
        assert db.session.scalar(select(db.func.count()).select_from(ReviewDecision)) == 2
        early = client.post("/en/desk/review/pause/over")
        assert "more seconds, please" in client.get(early.headers["Location"]).get_data(as_text=True)
        at(timedelta(seconds=16))
        client.post("/en/desk/review/pause/over")
        assert 'data-key="a"' in client.get("/en/desk/review").get_data(as_text=True)


def test_many_at_once_are_no_haste(mo, long_texts):
    from moderation.bulk import proposing, running
    from moderation.bulk.choosing import Filter
    from moderation.bulk.rules import By, Choice
    from moderation.review.showing import stamps_of

    with settings.override(**{"moderation.pause_in_a_row": 1}):
        ids = list(db.session.scalars(select(ReviewItem.id)))
        wish = proposing.Wish(Choice.APPROVE)
        go = proposing.begin(mo, Filter(By.TICKED, ""), stamps_of(ids), wish)
        running.run(go)
    assert proposing.load(go).decided_count == 4
    assert kinds() == []


def test_the_break_is_put_aside_with_a_button(client, sign_in, mo, at):
    note(mo, 20)
    work(mo, at, 90)
    sign_in(mo)
    assert "Time for a break?" in client.get("/en/desk/review").get_data(as_text=True)
    assert client.post("/en/desk/review/rest/later").status_code == 303
    assert "Time for a break?" not in client.get("/en/desk/review").get_data(as_text=True)


def test_a_paused_decision_leaves_no_trace(mo, long_texts):
    lease = leasing.take_next(mo)
    note(mo, 1, times=10)
    stamp = shown(db.session.get(ReviewItem, lease.item_id)).stamp
    with pytest.raises(Conflict, match="Take your time"):
        deciding.decide(mo, lease.item_id, lease.token, stamp, Verdict(Decision.APPROVE))
    assert db.session.get(ReviewItem, lease.item_id, populate_existing=True).state == "leased"
