"""Points are told on the next page: once per line, several together, at most once a minute, off on request."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from common.db import db
from common.permissions import SYSTEM
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer, unaccept_answer
from rewards.ledger import booking
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Amounts
from rewards.toasts import telling
from tests.conftest import START


@pytest.fixture
def solved(app, at, ada, ben, make_question, make_answer):
    at(START)
    question = make_question(ada)
    at(timedelta(hours=2))
    answer = make_answer(ben, question)
    at(timedelta(hours=3))
    telling.news_for(ben.member_id)
    telling.news_for(ada.member_id)
    at(timedelta(hours=4))
    accept_answer(ada, question, answer)
    return question


def line(who, rule):
    db.session.rollback()
    found = select(LedgerEntry.id).where(
        LedgerEntry.member_id == who.member_id,
        LedgerEntry.rule_key == rule,
        LedgerEntry.account == "reputation",
    )
    return db.session.scalar(found)


def give(who, key, points=10):
    booking.adjust(SYSTEM, who.member_id, Amounts(points, 0), key, "For the test")


@pytest.mark.parametrize("page", ["/en/", "/en/rewards", "/en/settings/profile"])
def test_the_next_page_tells_it_once_with_its_line_without_scripts(page, solved, client, sign_in, ben):
    sign_in(ben)
    text = client.get(page).text
    toast = text.split("data-toasts", 1)[1]
    assert '<b class="pts">+25 points</b> Your answer is the solution' in toast
    assert f'href="/en/rewards/statement#line-{line(ben, "answer.accepted")}"' in toast
    assert 'class="pts">+25' not in client.get(page).text
    assert f'id="line-{line(ben, "answer.accepted")}"' in client.get("/en/rewards/statement").text


def test_a_page_everybody_shares_shows_it_to_its_member_alone(solved, client, sign_in, ben, cleo, app):
    sign_in(ben)
    page = f"/en/questions/{solved}"
    assert 'class="pts">+25' in client.get(page, follow_redirects=True).text
    for browser in (client, sign_in(cleo, app.test_client()), app.test_client()):
        assert 'class="pts">' not in browser.get(page, follow_redirects=True).text


def test_several_are_told_together_and_at_most_once_a_minute(solved, client, sign_in, ben, cleo, at):
    sign_in(ben)
    client.get("/en/")
    give(ben, "one")
    assert 'class="pts">' not in client.get("/en/").text
    give(ben, "two", 5)
    at(timedelta(hours=4, minutes=2))
    assert '<b class="pts">+15 points</b> for 2 acts' in client.get("/en/").text
    assert telling.news_for(ben.member_id) is None


def test_what_is_undone_or_old_is_not_told(solved, ada, ben, at):
    unaccept_answer(ada, solved)
    assert telling.news_for(ben.member_id) is None
    give(ben, "old")
    at(timedelta(days=9))
    assert telling.news_for(ben.member_id) is None


def test_it_can_be_switched_off_and_on(solved, client, sign_in, ben):
    sign_in(ben)
    assert client.post("/en/rewards/toasts", data={}).status_code == 303
    assert 'class="pts">' not in client.get("/en/").text
    assert "Points, in passing" in client.get("/en/settings/profile").text
    client.post("/en/rewards/toasts", data={"wanted": "1"})
    give(ben, "again")
    assert 'class="pts">' in client.get("/en/").text


def test_parts_of_pages_posts_and_downloads_do_not_use_it_up(solved, client, sign_in, ben):
    sign_in(ben)
    client.get("/en/", headers={"X-Fragment": "1"})
    client.post("/en/notifications/read", data={})
    assert 'class="pts">+25' in client.get("/en/").text


def test_a_page_without_news_costs_nothing_more(solved, client, sign_in, ben, count_queries):
    sign_in(ben)
    client.get("/en/")
    with count_queries() as without:
        client.get("/en/ranks")
    assert not [one for one in without if "points_told" in str(one) or "UPDATE" in str(one)]


def test_two_pages_at_once_tell_it_once(app, solved, ben):
    told, start = [], threading.Barrier(4)

    def look():
        with app.app_context():
            start.wait()
            told.append(telling.news_for(ben.member_id))
            db.session.remove()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len([news for news in told if news]) == 1


def test_votes_that_bring_points_set_it(app, solved, ben, cleo, make_answer, ada, at):
    telling.news_for(ben.member_id)
    answer = db.session.scalar(select(LedgerEntry.post_id).where(LedgerEntry.rule_key == "answer.accepted"))
    at(timedelta(hours=30))
    give_kudos(cleo, answer)
    assert db.session.scalar(select(Member.has_point_news).where(Member.id == ben.member_id))
    assert telling.news_for(ben.member_id).points == 5
