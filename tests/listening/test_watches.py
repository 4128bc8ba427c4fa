"""Watches: they find what is public, each text once, tell a little, and are the team's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.events import MemberClosed
from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.retention import running
from common import clock
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import record, unit_of_work
from forum.categories.models import Category
from forum.events import PostEdited
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.watches import forms, keeping, matching, queries
from moderation.watches.models import SavedWatch, WatchMatch
from tests.conftest import START

CANARY = "zanzibarium"


@pytest.fixture(autouse=True)
def by_day(app, at):
    at(START)


def draft(**more):
    return forms.draft({"name": "Canary", "any_of": CANARY, **more})


def matches():
    return db.session.execute(db.select(WatchMatch.post_id, WatchMatch.words).order_by(WatchMatch.id)).all()


def news(kind=""):
    query = db.select(Notification.member_id, Notification.kind, Notification.post_id).where(
        Notification.kind.like(f"watch-%{kind}"), Notification.withdrawn_at.is_(None)
    )
    return db.session.execute(query).all()


def hide(post_id, actor):
    publishing.hide(actor, post_id)


def test_what_becomes_public_is_found_once(mo, ada, ben, make_question, make_answer, drain):
    watch = keeping.make(mo, draft())
    asked = make_question(
        ada, title=f"The {CANARY.upper()} hums", body="Every night, what can I do about it?"
    )
    make_question(ben, title="Nothing of that kind here")
    answered = make_answer(ben, asked, body=f"Mine, too: the {CANARY} needs a new belt, then it is quiet.")
    drain()
    matching.match([asked, answered])
    assert [row.post_id for row in matches()] == [asked, answered] and matches()[0].words == [CANARY]
    assert len(news()) == 2 and {row.member_id for row in news()} == {mo.member_id}
    line = queries.lines(mo)[0]
    assert (line.watch.id, line.waiting) == (watch, 2)


def test_the_words_of_a_text_are_not_kept(mo, ada, make_question, drain):
    keeping.make(mo, draft(any_of="zanzi*\nthe zanzib* of"))
    make_question(ada, title="The Zanzibar of Martin hums")
    drain()
    assert matches()[0].words == ["the zanzib* of", "zanzi*"]


def test_held_and_hidden_texts_are_never_found_and_vanish(mo, newcomer, ada, make_question, drain, app):
    keeping.make(mo, draft())
    with unit_of_work():
        db.session.get(Category, 1).policy = "trust"
    held = make_question(newcomer, title=f"The {CANARY} waits for a review")
    drain()
    assert (
        db.session.get(Post, held).state == PostState.HELD and matching.match([held]) == 0 and not matches()
    )
    publishing.release(mo, held)
    drain()
    assert [row.post_id for row in matches()] == [held], "found when it became public"
    hide(held, mo)
    watch_id = db.session.scalar(db.select(SavedWatch.id))
    assert queries.show(mo, watch_id)[1].items == [] and queries.lines(mo)[0].waiting == 0
    assert not news(), "what was told of it is taken back"


def test_an_answer_under_a_hidden_question_is_not_in_view(mo, ada, ben, make_question, make_answer, drain):
    asked = make_question(ada)
    answered = make_answer(ben, asked, body=f"Look at the {CANARY} behind the drum, it is loose.")
    watch = keeping.make(mo, draft())
    hide(asked, mo)
    assert matching.match([answered]) == 0 and queries.show(mo, watch)[1].items == []


def test_more_than_some_in_an_hour_are_one_notice(mo, members, make_question, drain, settings_override, at):
    keeping.make(mo, draft(mail="now"))
    with settings_override(watches__notices_an_hour=2):
        for number, one in enumerate(members(5)):
            make_question(one, title=f"The {CANARY} number {number} is broken")
            if number % 2:
                drain()
        drain()
        assert len(matches()) == 5
        assert sorted(row.kind for row in news()) == ["watch-now", "watch-now", "watch-now-more"]
        at(START + timedelta(hours=1, minutes=1))
        make_question(members(1, first_id=2100)[0], title=f"Another {CANARY} an hour later")
        drain()
    assert len(news()) == 4, "the next hour begins anew"


def test_a_team_watch_is_everybodys_and_a_personal_one_is_not(mo, max_, sam, ben, make_question, drain):
    own = keeping.make(mo, draft())
    team = keeping.make(mo, draft(name="For all", who="team", mail="daily"))
    make_question(ben, title=f"The {CANARY} hums")
    drain()
    assert {row.member_id for row in news("daily")} >= {mo.member_id, max_.member_id}
    assert sam.member_id not in {row.member_id for row in news()}, "agents do not listen"
    daily = db.session.scalars(db.select(Notification).where(Notification.kind == "watch-daily")).all()
    assert all(one.mail_is_digest and one.mail_due_at is not None for one in daily), (
        "gathered in the morning's letter"
    )
    quiet = db.session.scalars(db.select(Notification).where(Notification.kind == "watch-off")).one()
    assert quiet.on_site and quiet.mail_due_at is None
    assert [line.watch.id for line in queries.lines(max_)] == [team]
    keeping.pause(max_, team, True)
    for refused in (keeping.drop, queries.show):
        with pytest.raises(NotFound):
            refused(max_, own)
        with pytest.raises(Forbidden):
            refused(sam, own)
    for who in (ben, sam):
        with pytest.raises(Forbidden):
            keeping.make(who, draft(name="Mine"))


def test_who_listens_no_more_hears_no_more(mo, ben, make_question, drain):
    keeping.make(mo, draft())
    with unit_of_work():
        db.session.get(Member, mo.member_id).role = "member"
    make_question(ben, title=f"The {CANARY} hums")
    drain()
    assert len(matches()) == 1 and not news()


def test_a_paused_watch_costs_nothing_and_finds_nothing(mo, ben, make_question, drain):
    watch = keeping.make(mo, draft())
    assert keeping.pause(mo, watch, True) and not keeping.pause(mo, watch, True)
    asked = make_question(ben, title=f"The {CANARY} hums")
    drain()
    assert not matches()
    keeping.pause(mo, watch, False)
    with unit_of_work():
        record(PostEdited(asked, asked, ben.member_id, 2))
    drain()
    assert len(matches()) == 1, "an edited text is looked at again"


def test_making_twice_is_once_and_limits_hold(mo, settings_override):
    first = keeping.make(mo, draft())
    assert keeping.make(mo, draft()) == first
    with pytest.raises(Invalid):
        keeping.make(mo, draft(any_of="another word"))
    with settings_override(watches__each=1), pytest.raises(Conflict):
        keeping.make(mo, draft(name="One more"))
    for wrong in (
        {"any_of": ""},
        {"any_of": "*x"},
        {"name": ""},
        {"any_of": "\n".join(f"word{n}" for n in range(50))},
        {"product": "nothing"},
    ):
        with pytest.raises(Invalid):
            draft(**wrong)


def test_what_became_of_it_is_kept_and_shown(mo, ben, make_question, drain):
    watch = keeping.make(mo, draft())
    make_question(
        ben, title=f"The {CANARY} hums", body=f"Write to me at ben@home.example, the {CANARY} is loud."
    )
    drain()
    match_id = db.session.scalar(db.select(WatchMatch.id))
    keeping.follow(mo, watch, match_id, "case", "Passed to after-sales")
    _watch, page = queries.show(mo, watch, state="case")
    (one,) = page.items
    assert (one.state, one.note, one.by.name) == ("case", "Passed to after-sales", "Mo")
    assert "ben@home.example" not in one.passage and one.words == (CANARY,)
    assert queries.show(mo, watch, state="new")[1].items == []
    for wrong in (("gone", ""), ("seen", "x" * 301)):
        with pytest.raises(Invalid):
            keeping.follow(mo, watch, match_id, *wrong)
    with pytest.raises(NotFound):
        keeping.follow(mo, watch, match_id + 999, "seen", "")


def test_who_leaves_takes_the_own_watches_along(mo, max_, ben, make_question, drain):
    keeping.make(mo, draft())
    team = keeping.make(mo, draft(name="For all", who="team"))
    make_question(ben, title=f"The {CANARY} hums")
    drain()
    with unit_of_work():
        record(MemberClosed(mo.member_id))
    assert [line.watch.id for line in queries.lines(max_)] == [team]
    assert db.session.scalar(db.select(db.func.count()).select_from(WatchMatch)) == 1


def test_the_pages_and_what_they_refuse(
    client, sign_in, mo, ben, members, make_question, drain, count_queries
):
    browser = sign_in(mo)
    made = browser.post("/en/desk/listening/watches/new", data={"name": "Hum", "any_of": "hums"})
    where = made.headers["Location"]
    assert made.status_code == 303
    wrong = browser.post("/en/desk/listening/watches/new", data={"name": "Typed name", "any_of": "*"})
    assert wrong.status_code == 422 and "Typed name" in wrong.get_data(as_text=True)
    make_question(members(1)[0], title="One that hums and hums")
    drain()
    browser.get(where)
    with count_queries() as few:
        browser.get(where)
    for one in members(6, first_id=2200):
        make_question(one, title=f"The drum of {one.member_id} hums")
    drain()
    with count_queries() as many:
        page = browser.get(where).get_data(as_text=True)
    assert page.count("<article") == 7 and len(many) == len(few)
    for code in ("fr", "en"):
        for path in ("", "/new"):
            assert browser.get(f"/{code}/desk/listening/watches{path}").status_code == 200
    assert browser.get(f"{where}/edit").status_code == 200
    match_id = db.session.scalar(db.select(db.func.max(WatchMatch.id)))
    assert browser.post(where, data={"match": match_id, "state": "seen", "note": "ok"}).status_code == 303
    assert (
        browser.post(where, data={"match": match_id, "state": "x", "note": "kept words"}).status_code == 422
    )
    changed = browser.post(f"{where}/edit", data={"name": "Hum", "any_of": "hum*", "who": "team"})
    assert changed.status_code == 303 and browser.post(f"{where}/pause").status_code == 303
    assert browser.post(f"{where}/drop").status_code == 303 and browser.get(where).status_code == 404
    assert sign_in(ben).get("/en/desk/listening/watches").status_code == 403


def test_old_matches_go_and_a_suspended_moderator_is_refused(mo, ben, make_question, drain):
    keeping.make(mo, draft())
    make_question(ben, title=f"The {CANARY} hums")
    drain()
    clock.travel(START + timedelta(days=185))
    running.run()
    assert not matches()
    with pytest.raises(Forbidden):
        queries.lines(replace(mo, suspended=True))
