"""Path 3: a held text is read by a moderator; approved, everything follows; refused, its author learns why and how to
contest it. Until then it is nowhere. Mails are read from a real mail server."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import audit
from common.db import db
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Post, Question
from forum.reactions.following import follow_question
from moderation.review.models import ReviewItem
from moderation.sanctions.models import Statement
from tests.conftest import START
from tests.flows.conftest import text_of

WORD = "quimperlois"
"""A word that stands in the held text only."""


@pytest.fixture
def thread(ada, cleo, make_question, at, drain):
    """A question that cleo follows, in a category where newcomers are read first; nothing left to do."""
    at(START)
    question_id = make_question(ada)
    follow_question(cleo, question_id)
    with unit_of_work():
        db.session.get(Category, 1).policy = "trust"
    at(timedelta(hours=1))
    drain()
    return question_id


@pytest.fixture
def desk(app, mo, sign_in):
    """A moderator's browser."""
    browser = app.test_client()
    sign_in(mo, browser)
    return browser


@pytest.fixture
def held(thread, newcomer, client, sign_in, at, drain, sink):
    """A newcomer's answer, sent by the form, that waits; returns its id."""
    sign_in(newcomer)
    at(timedelta(minutes=5))
    sent = client.post(
        f"/en/questions/{thread}/answers",
        data={"body": f"Unplug it and clean the {WORD} filter behind the small hatch.", "follow": "1"},
    )
    assert sent.status_code == 303
    drain()
    return db.session.query(Post).filter(Post.body.contains(WORD)).one().id


def news(who):
    rows = db.session.query(Notification).filter_by(member_id=who.member_id, withdrawn_at=None)
    return [row.kind for row in rows.order_by(Notification.id)]


def decide(desk, **form):
    """Take the next item and decide it, as somebody without scripts does."""
    taken = desk.post("/en/desk/review/next")
    page = desk.get(taken.headers["Location"]).text
    item_id = int(re.search(r"/desk/review/(\d+)", taken.headers["Location"]).group(1))
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("token", "stamp")
    }
    assert hidden["token"] and hidden["stamp"]
    assert desk.post(f"/en/desk/review/{item_id}/decide", data={**hidden, **form}).status_code == 303
    return item_id


def test_what_waits_is_nowhere(thread, held, app, ada, cleo, newcomer, client, sign_in, sink, drain, at):
    at(timedelta(hours=1))
    drain()
    assert WORD in client.get(f"/en/questions/{thread}", follow_redirects=True).text
    stranger, asker = app.test_client(), app.test_client()
    sign_in(ada, asker)
    question = db.session.get(Question, thread)
    places = [
        f"/en/questions/{thread}/{question.slug}", "/en/", "/en/questions/", f"/en/search?q={WORD}", "/en/categories/washing",
        f"/en/members/{newcomer.member_id}/new", "/en/experts", f"/en/questions/similar?title={WORD}", f"/en/a/{held}",
        f"/en/posts/{held}/history", "/en/notifications", f"/en/posts/{held}/flag",
    ]  # fmt: skip
    for browser in (stranger, asker):
        for place in places:
            page = browser.get(place, follow_redirects=True)
            assert f"the {WORD} filter" not in page.text, place
    assert question.answer_count == 0 and question.first_answer_at is None
    assert news(ada) == news(cleo) == [] and sink.mails == []
    assert db.session.get(Member, newcomer.member_id).points == 0


def test_approving_makes_everything_follow(
    thread, held, desk, app, ada, cleo, newcomer, sink, drain, at, client
):
    at(timedelta(minutes=10))
    decide(desk, decision="approve")
    question = db.session.get(Question, thread)
    assert question.answer_count == 1
    at(timedelta(minutes=31))
    drain()
    assert (
        f"the {WORD} filter" in app.test_client().get(f"/en/questions/{thread}", follow_redirects=True).text
    )
    assert any("New" in text_of(mail) for mail in sink.to("ada@example.com"))
    told = [text_of(mail) for mail in sink.to("new@example.com")]
    assert any("Your answer has been read and is published." in words for words in told)
    assert db.session.query(Statement).count() == 0
    assert "approved" in news(newcomer) and news(ada) != []
    assert audit.verify() is None


def test_refusing_tells_why_and_the_way_to_contest_it_works(
    thread, held, desk, app, ada, max_, newcomer, sign_in, sink, drain, at
):
    at(timedelta(minutes=10))
    item_id = decide(desk, decision="reject", reason="advertising", message="The filter is sold by you.")
    assert db.session.query(Statement).count() == 1
    at(timedelta(seconds=29))
    drain()
    assert sink.mails == []
    at(timedelta(seconds=2))
    drain()
    (mail,) = sink.to("new@example.com")
    link = re.search(r"/en/decisions/[\w-]+", text_of(mail)).group(0)
    reader = app.test_client()  # nobody is signed in here
    page = reader.get(link).text
    assert "The filter is sold by you." in page and "Contest this decision" in page
    assert (
        reader.post(f"{link}/appeal", data={"text": "I have never sold anything in my life."}).status_code
        == 303
    )
    assert sink.to("ada@example.com") == []

    colleague = app.test_client()
    sign_in(max_, colleague)
    at(timedelta(hours=3))
    appeal_id = decide(colleague, decision="overturn", message="You are right: nothing here is advertising.")
    assert appeal_id != item_id
    at(timedelta(minutes=31))
    drain()
    assert any("You were right" in text_of(letter) for letter in sink.to("new@example.com"))
    assert (
        f"the {WORD} filter" in app.test_client().get(f"/en/questions/{thread}", follow_redirects=True).text
    )
    assert sink.to("ada@example.com") != []
    assert audit.verify() is None


def test_undone_within_seconds_nobody_ever_hears_of_it(
    thread, held, desk, newcomer, ada, cleo, sink, drain, at
):
    at(timedelta(minutes=10))
    item_id = decide(desk, decision="reject", reason="insult")
    at(timedelta(seconds=10))
    assert desk.post(f"/en/desk/review/{item_id}/undo").status_code == 303
    at(timedelta(hours=1))
    drain()
    assert sink.mails == [] and news(newcomer) == news(ada) == news(cleo) == []
    assert db.session.get(Post, held).state == "held"
    assert db.session.query(ReviewItem).filter(ReviewItem.state.in_(("open", "leased"))).count() == 1


def test_in_french_the_letter_is_french(thread, held, desk, newcomer, sink, drain, at):
    with unit_of_work():
        db.session.get(Member, newcomer.member_id).language = "fr"
    decide(desk, decision="reject", reason="insult")
    at(timedelta(seconds=31))
    drain()
    (mail,) = sink.to("new@example.com")
    assert "n’a pas été publié" in text_of(mail) and "/fr/decisions/" in text_of(mail)
