"""Permalinks, orders, comments in pages, quoting, sharing, printing: as links, without scripts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from common import text
from common.db import db
from common.errors import Conflict
from common.permissions import SYSTEM
from forum.positions import marking
from forum.questions import publishing
from forum.questions.commenting import comment_on
from forum.questions.models import Post
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def answers(ben, question, make_answer):
    return [make_answer(ben, question, body=f"{HELP} Step {n}.") for n in range(25)]


def shown(page):
    return [int(one) for one in re.findall(r'<article class="card post[^"]*" id="a-(\d+)"', page)]


# --- permalinks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 20, 24])
@pytest.mark.parametrize("sort", ["", "new", "old"])
def test_an_answer_is_found_on_its_own_page(client, path_of, question, answers, cleo, number, sort):
    give_kudos(cleo, answers[24])
    page = client.get(
        path_of(question),
        query_string={"answer": answers[number], "sort": sort} if sort else {"answer": answers[number]},
    ).text
    assert answers[number] in shown(page) and len(shown(page)) <= 20


def test_the_numbers_of_the_trail_go_on(client, path_of, question, answers):
    page = client.get(f"{path_of(question)}?answer={answers[21]}").text
    assert re.search(rf'id="a-{answers[21]}".*?<span class="pin" aria-hidden="true">22</span>', page, re.S)
    assert "First page" in page


def test_the_short_address_leads_to_the_place_of_a_post(client, question, answers, make_comments, cleo):
    ids = make_comments(cleo, question, answers[22], 12)
    for post_id, anchor in (
        (question, "question"),
        (answers[22], f"a-{answers[22]}"),
        (ids[3], f"c-{ids[3]}"),
        (ids[11], f"c-{ids[11]}"),
    ):
        where = client.get(f"/a/{post_id}").headers["Location"]
        assert urlsplit(where).fragment == anchor
        assert f'id="{anchor}"' in client.get(where).text


def test_what_is_gone_or_hidden_has_no_way_to_it(client, question, answers, ben, sign_in):
    publishing.hide(SYSTEM, answers[0])
    publishing.remove(SYSTEM, answers[1])
    stranger = client.application.test_client()
    assert [stranger.get(f"/a/{answers[n]}").status_code for n in (0, 1)] == [404, 410]
    assert stranger.get("/a/999999").status_code == 404
    assert sign_in(ben).get(f"/a/{answers[0]}").status_code == 302
    publishing.hide(SYSTEM, question)
    assert stranger.get(f"/a/{answers[2]}").status_code == 404


# --- orders -----------------------------------------------------------------------------------------------------


def test_orders_are_links_and_say_which_one_it_is(client, path_of, question, answers):
    page = client.get(path_of(question)).text
    assert f'href="{path_of(question)}#answers" aria-current="true">Most useful' in page
    newest = client.get(f"{path_of(question)}?sort=new").text
    assert shown(newest)[0] == answers[-1] and 'aria-current="true">Newest' in newest
    assert f'<link rel="canonical" href="http://localhost{path_of(question)}">' in newest


# --- comments ---------------------------------------------------------------------------------------------------


def test_many_comments_have_a_page_of_their_own(
    client, path_of, question, answers, make_comments, cleo, ada, sign_in
):
    ids = make_comments(cleo, question, answers[0], 60)
    few = make_comments(cleo, question, answers[1], 3)
    page = client.get(path_of(question)).text
    assert (
        page.count('class="reply" id="c-') == 13 and "See all 60 comments" in page and f"c-{few[2]}" in page
    )
    assert "Show 8 more comments" in page
    first, second = (client.get(f"/en/posts/{answers[0]}/comments?page={n}").text for n in (1, 2))
    assert f'id="c-{ids[49]}"' in first and f'id="c-{ids[50]}"' not in first
    assert f'id="c-{ids[59]}"' in second and "Page 2 of 2" in second
    for strange in ("0", "-1", "99999999999", "x", "²"):
        assert client.get(f"/en/posts/{answers[0]}/comments?page={strange}").status_code == 200


def test_comments_of_what_is_hidden_have_no_page(client, question, answers, make_comments, cleo):
    ids = make_comments(cleo, question, answers[0], 2)
    publishing.hide(SYSTEM, ids[0])
    assert f"c-{ids[0]}" not in client.get(f"/en/posts/{answers[0]}/comments").text
    assert client.get(f"/en/posts/{ids[1]}/comments").status_code == 404
    publishing.hide(SYSTEM, answers[0])
    assert client.get(f"/en/posts/{answers[0]}/comments").status_code == 404


def test_a_post_takes_only_so_many_comments(question, answers, make_comments, cleo, ada, settings_override):
    make_comments(cleo, question, answers[0], 3)
    with settings_override(forum__comments_per_post=3), pytest.raises(Conflict) as refusal:
        comment_on(ada, answers[0], body="And one more remark.")
    assert "better written as an answer" in str(refusal.value.sentence)


def test_a_new_comment_far_down_is_shown_where_it_stands(
    client, question, answers, make_comments, cleo, ada, sign_in
):
    make_comments(cleo, question, answers[0], 12)
    sign_in(ada)
    where = client.post(
        f"/en/posts/{answers[0]}/comments", data={f"body-{answers[0]}": "One more remark."}
    ).headers["Location"]
    assert "One more remark." in client.get(where).text and "/comments?page=1#c-" in where


def test_new_comments_far_down_are_read_on_their_page(
    client, path_of, question, answers, make_comments, cleo, ada, sign_in, at
):
    from datetime import timedelta

    marking.mark_read(ada, question)
    at(timedelta(minutes=1))
    ids = make_comments(cleo, question, answers[0], 12)
    sign_in(ada)
    assert "12 new messages" in client.get(path_of(question)).text
    page = client.get(f"/en/posts/{answers[0]}/comments").text
    assert "data-read" in page and page.count(">New</span>") == 12 and f"c-{ids[11]}" in page


# --- quoting, sharing, printing ---------------------------------------------------------------------------------


def test_a_quotation_is_made_without_scripts(client, path_of, question, answers, cleo, sign_in):
    sign_in(cleo)
    link = f"{path_of(question)}?quote={answers[3]}#repondre"
    assert f'href="{link}"' in client.get(path_of(question)).text
    page = client.get(link).text
    assert f"&gt; {HELP} Step 3.\n&gt; [Ben](/a/{answers[3]})" in page
    for strange in ("x", "0", "999999", "-1", answers[24]):
        assert client.get(path_of(question), query_string={"quote": strange}).status_code == 200
    assert "&gt; [" not in client.application.test_client().get(link).text


def test_a_quotation_mentions_nobody():
    assert text.mentions("> @ben said so\n\nThank you, @cleo") == ("cleo",)


def test_a_post_is_shared_by_its_short_address_and_by_nobody_else(client, path_of, question, answers):
    page = client.get(path_of(question)).text
    assert f'data-copy="http://localhost/a/{answers[0]}"' in page
    assert f'data-share="http://localhost/a/{answers[0]}" hidden' in page
    mail = re.search(r'href="(mailto:[^"]+)"', page)[1]
    assert mail == "mailto:?subject=The%20drum%20stays%20full%20of%20water&amp;body=http%3A//localhost/a/1"


def test_on_paper_stands_what_helps_and_nothing_else(
    client, path_of, question, answers, ada, cleo, make_comments
):
    accept_answer(ada, question, answers[2])
    give_kudos(cleo, answers[5])
    make_comments(cleo, question, answers[2], 1)
    page = client.get(f"/en/questions/{question}/print").text
    for words in (
        "The drum stays full of water",
        "Step 2.",
        "Accepted solution",
        "Step 5.",
        "useful to 1 person",
        f"http://localhost{path_of(question)}",
    ):
        assert words in page, words
    for words in ("Step 4.", "Remark number", "<nav", "<footer", "csrf_token"):
        assert words not in page, words
    publishing.hide(SYSTEM, answers[2])
    assert "Step 2." not in client.get(f"/en/questions/{question}/print").text
    publishing.remove(SYSTEM, question)
    assert client.get(f"/en/questions/{question}/print").status_code == 410


# --- mentions ---------------------------------------------------------------------------------------------------


def test_those_who_take_part_are_offered_first_then_who_knows_the_subject(
    client, ada, ben, cleo, max_, question, make_question, make_answer, sign_in
):
    elsewhere = make_question(ada, title="Another question about the drum")
    accept_answer(ada, elsewhere, make_answer(cleo, elsewhere))
    make_answer(ben, question)
    sign_in(max_)
    found = client.get(f"/en/questions/{question}/people").json["people"]
    assert [one["name"] for one in found] == ["Ada", "Ben", "Cleo"] or [one["name"] for one in found] == [
        "Ben",
        "Ada",
        "Cleo",
    ]
    assert [one["slug"] for one in client.get(f"/en/questions/{question}/people?q=C").json["people"]] == [
        "cleo"
    ]
    assert client.get(f"/en/questions/{question}/people?q=zz").json["people"] == []
    assert "Max" not in str(found)


def test_names_are_offered_to_those_who_may_write_and_only_of_what_they_see(
    client, question, zed, ben, sign_in
):
    path = f"/en/questions/{question}/people"
    assert client.application.test_client().get(path).status_code == 403
    assert sign_in(zed, client.application.test_client()).get(path).status_code == 403
    publishing.hide(SYSTEM, question)
    assert sign_in(ben, client.application.test_client()).get(path).status_code == 404
    assert db.session.get(Post, question) is not None
