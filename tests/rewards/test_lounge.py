"""The lounge: super-users and the team write, former super-users read, and nobody else ever meets a word of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from accounts.digests import building
from accounts.notifications import preferences
from accounts.notifications.listening import Hours
from accounts.notifications.rules import EVENTS, NIGHT, Mail, Rhythm
from common.db import db, insert_once
from common.errors import Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.following.following import follow
from forum.following.rules import TargetKind
from rewards.lounge import queries, talking
from rewards.lounge.models import LoungeMessage, LoungeTopic
from rewards.ranks.models import Alumnus
from tests.conftest import START, all_rows
from tests.web.test_every_route import address, rules

CANARY = "kumquat"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def topic(max_):
    return talking.begin(max_, f"The {CANARY} comes in spring", f"A **{CANARY}** for you first.", True, "one")


@pytest.fixture
def former(ben):
    with unit_of_work():
        insert_once(Alumnus, member_id=ben.member_id, rank=5, since=START)
    return ben


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def where_it_stands():
    """The tables in which the canary is stored."""
    return {table for table, rows in all_rows().items() if any(CANARY in row for row in rows)}


# --- verbs ------------------------------------------------------------------------------------------------------------


def test_super_users_and_the_team_talk(topic, cleo, sam):
    answer = talking.reply(cleo, topic, "Thank you, I keep it to myself.", "a")
    assert talking.reply(cleo, topic, "Thank you, I keep it to myself.", "a") == answer
    talking.reply(sam, topic, "You may.", "b")
    assert [str(row.html).strip() for row in queries.messages(cleo, topic).items][1:] == [
        "<p>Thank you, I keep it to myself.</p>",
        "<p>You may.</p>",
    ]
    assert [row.reply_count for row in queries.topics(cleo).items] == [2]


def test_the_same_form_twice_is_one_topic(cleo):
    first = talking.begin(cleo, "Filters", "Do you see it too?", nonce="x")
    assert talking.begin(cleo, "Filters", "Do you see it too?", nonce="x") == first
    assert count(LoungeTopic) == count(LoungeMessage) == 1


@pytest.mark.parametrize("name", ["ada", "ben", "zed", "newcomer", "anonymous", "frozen", "suspended"])
def test_nobody_else_reads_or_writes(name, topic, request, cleo):
    who = {
        "anonymous": ANONYMOUS, "frozen": replace(cleo, rank=2, silenced=True), "suspended": replace(cleo, suspended=True)
    }.get(name) or request.getfixturevalue(name)  # fmt: skip
    for act in (
        lambda: queries.topics(who), lambda: queries.topic(who, topic), lambda: queries.topic(who, 999),
        lambda: queries.messages(who, topic), lambda: talking.begin(who, "Filters", "Words"),
        lambda: talking.reply(who, topic, "Words"), lambda: talking.remove(who, 1),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()
    assert count(LoungeMessage) == 1


def test_former_super_users_read_and_do_not_write(topic, former):
    assert queries.messages(former, topic).items
    with pytest.raises(Forbidden):
        talking.reply(former, topic, "Words")


def test_news_are_for_the_team_and_texts_have_limits(cleo, sam):
    with pytest.raises(Forbidden):
        talking.begin(cleo, "Filters", "Words", is_news=True)
    for title, body, field in (
        ("", "Words", "title"),
        ("x" * 121, "Words", "title"),
        ("Filters", " ", "body"),
        ("Filters", "x" * 10_001, "body"),
    ):
        with pytest.raises(Invalid) as refused:
            talking.begin(sam, title, body)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotFound):
        talking.reply(sam, 77, "Words")
    assert count(LoungeTopic) == 0


def test_a_message_goes_by_its_author_or_a_moderator_with_its_words(topic, cleo, sam, mo):
    answer = talking.reply(cleo, topic, f"My {CANARY}", "a")
    with pytest.raises(Forbidden):
        talking.remove(sam, answer)
    assert talking.remove(cleo, answer) and not talking.remove(cleo, answer)
    assert talking.remove(mo, db.session.scalar(select(func.min(LoungeMessage.id))))
    assert all(row.removed for row in queries.messages(cleo, topic).items)
    assert where_it_stands() == set()


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_keep_what_was_typed_and_take_what_is_right(client, sign_in, cleo, topic):
    sign_in(cleo)
    assert client.get("/en/lounge").headers["Cache-Control"] == "no-store"
    refused = client.post("/en/lounge", data={"title": "x", "body": "Kept words", "nonce": "n"})
    assert refused.status_code == 422 and "Kept words" in refused.text and 'value="n"' in refused.text
    assert client.post("/en/lounge", data={"title": "Filters", "body": "Words"}).status_code == 303
    assert client.post(f"/en/lounge/{topic}", data={"body": ""}).status_code == 422
    assert client.post(f"/en/lounge/{topic}", data={"body": "Words"}).status_code == 303
    page = client.get(f"/fr/lounge/{topic}")
    assert CANARY in page.text and 'content="noindex"' in page.text
    assert "Expert lounge" in client.get("/en/rewards").text


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_and_a_topic_cost_the_same_however_much_is_written(
    client, sign_in, cleo, sam, many, count_queries
):
    for number in range(many):
        made = talking.begin(sam, f"Topic {number}", "Words")
        talking.reply(cleo, made, "Words")
    sign_in(cleo)
    client.get("/en/lounge")
    with count_queries() as seen:
        client.get("/en/lounge")
        client.get(f"/en/lounge/{made}")
    assert len(seen) <= 8


# --- the canary -------------------------------------------------------------------------------------------------------


@pytest.fixture
def listeners(app, ada, ben):
    """Two members who follow what can be followed and want every mail and digest."""
    everything = {event.key: (True, Mail.NOW, True) for event in EVENTS if not event.always}
    for who in (ada, ben):
        preferences.choose(who, everything, Hours("Europe/Paris", NIGHT, Rhythm.DAILY))
        follow(who, TargetKind.CATEGORY, 1)


def test_no_path_leads_anybody_else_to_a_word_of_it(
    app,
    client,
    sign_in,
    listeners,
    topic,
    ada,
    ben,
    zed,
    newcomer,
    cleo,
    sam,
    make_question,
    drain,
    outbox,
    at,
    count_queries,
):
    question = make_question(ada)
    talking.reply(cleo, topic, f"My {CANARY} @ben @ada", "a")
    own = talking.begin(
        cleo, f"{CANARY} once more", f"{CANARY} http://localhost/en/questions/{question}", nonce="b"
    )
    drain()
    for hours in (24, 48):
        at(datetime(2026, 3, 2, 8, 5, tzinfo=ZoneInfo("Europe/Paris")) + timedelta(hours=hours))
        building.begin_due()
        drain()
    assert not [mail for mail in outbox() if CANARY in mail.as_string()]
    assert where_it_stands() == {"lounge_topic", "lounge_message"}
    place = {
        "id": topic,
        "question_id": question,
        "post_id": question,
        "answer_id": question,
        "member_id": 1,
        "lang": "en",
    }
    paths = {address(app, rule, place) for rule in rules(app, "GET")}
    paths |= {
        f"/en/search?q={CANARY}", f"/en/search?q={CANARY}&format=json", f"/en/questions/similar?q={CANARY}", f"/en/members/{cleo.member_id}/cleo",
        f"/en/members/{max(1, sam.member_id)}/sam", f"/en/lounge/{topic}", f"/en/lounge/{own}", "/en/lounge?after=999999999999-9", "/en/rewards",
    }  # fmt: skip
    heard = []
    for who in (None, ada, ben, zed, newcomer):
        browser = app.test_client()
        if who is not None:
            sign_in(who, browser)
        heard += [
            (who and who.display_name, path)
            for path in sorted(paths)
            if CANARY
            in browser.get(path)
            .get_data(as_text=True)
            .replace(f"q={CANARY}", "")
            .replace(f'value="{CANARY}"', "")
            and "search" not in path
            and "similar" not in path
        ]
        for path in (f"/en/search?q={CANARY}", f"/en/search?q={CANARY}&tab=guides"):
            page = browser.get(path).get_data(as_text=True)
            assert "comes in spring" not in page and "once more" not in page
    assert not heard


def test_the_canary_is_heard_by_those_inside(client, sign_in, topic, cleo):
    sign_in(cleo)
    for path in ("/en/lounge", f"/en/lounge/{topic}", "/en/rewards"):
        assert CANARY in client.get(path).text
