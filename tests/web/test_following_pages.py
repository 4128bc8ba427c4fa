"""The buttons that follow, and the page of what is mine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import save_draft
from forum.following.following import follow
from forum.following.queries import is_followed
from forum.following.rules import TargetKind
from forum.products.models import Product
from forum.questions import publishing
from forum.questions.models import Question, Tag
from forum.reactions.following import follow_question, follows
from tests.conftest import START


@pytest.fixture(autouse=True)
def _in_the_morning(app, at):
    at(START + timedelta(hours=1))


def test_a_category_is_followed_and_let_go_by_its_button(client, sign_in, ben):
    sign_in(ben)
    page = client.get("/en/categories/washing?sort=new").text
    assert 'aria-label="Follow Washing"' in page and 'value="/en/categories/washing?sort=new"' in page
    for _again in range(2):
        answer = client.post("/en/follows/category/1", data={"on": "1", "next": "/en/categories/washing"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/categories/washing")
    page = client.get("/en/categories/washing").text
    assert 'aria-pressed="true"' in page and "Following Washing: stop" in page
    client.post("/en/follows/category/1", data={"on": "0"})
    assert not is_followed(ben, TargetKind.CATEGORY, 1)


def test_a_topic_and_a_member_have_their_buttons_and_oneself_has_none(client, sign_in, ada, ben):
    with unit_of_work():
        db.session.add(Tag(id=7, key="filter", label="Filter"))
    sign_in(ben)
    assert "/en/follows/tag/7" in client.get("/en/questions/?tag=filter").text
    assert "/en/follows/member/1" in client.get("/en/members/1/ada").text
    assert "/follows/" not in client.get(f"/en/members/{ben.member_id}/ben").text
    assert "/follows/" not in client.get("/en/questions/?tag=nothing").text


def test_visitors_are_led_to_sign_in_and_come_back(client):
    page = client.get("/en/categories/washing").text
    assert "/en/sign-in?next=/en/follows/category/1" in page
    assert client.post("/en/follows/category/1", data={"on": "1"}).status_code == 403


def test_who_pressed_a_button_signed_out_presses_once_more_after_signing_in(
    client, sign_in, ada, ben, make_question
):
    question_id = make_question(ada)
    page = client.get(f"/en/questions/{question_id}/", follow_redirects=True).text
    ways = [
        f"/en/questions/{question_id}/me-too",
        f"/en/questions/{question_id}/follow",
        "/en/follows/category/1",
    ]
    assert f'href="{ways[0]}"' in page and f"/en/sign-in?next={ways[1]}" in page
    for way in ways[1:]:
        assert client.get(way).headers["Location"] == f"/en/sign-in?next={way}"
    sign_in(ben)
    for way in ways:
        asked = client.get(way)
        assert asked.status_code == 200 and f'action="{way}"' in asked.text
    assert not follows(ben, question_id) and not is_followed(ben, TargetKind.CATEGORY, 1)
    for way in ways:
        assert client.post(way, data={"on": "1", "also": "1"}).status_code == 303
    assert follows(ben, question_id) and is_followed(ben, TargetKind.CATEGORY, 1)
    assert db.session.get(Question, question_id, populate_existing=True).me_too_count == 1


def test_following_oneself_and_me_too_of_ones_own_are_said_kindly_on_the_page_one_came_from(
    client, sign_in, ada, make_question
):
    question_id, own = make_question(ada), f"/en/follows/member/{ada.member_id}"
    sign_in(ada)
    for method in ("POST", "GET"):
        answer = client.open(own, method=method, data={"on": "1", "next": "/en/mine"})
        assert answer.status_code == 303
        assert "You hear of your own questions anyway." in client.get(answer.headers["Location"]).text
    page = client.get(f"/en/questions/{question_id}/me-too", follow_redirects=True)
    assert page.status_code == 200 and "This is your own question." in page.text
    assert client.get("/en/questions/999999/follow").status_code == 404
    assert client.get("/en/follows/planet/1").status_code == 404


@pytest.mark.parametrize(
    "path", ["category/999", "planet/1", "product/2147483647", "member/999999", "category/0"]
)
def test_what_is_not_there_is_a_kind_404(client, sign_in, ben, path):
    sign_in(ben)
    assert client.post(f"/en/follows/{path}", data={"on": "1"}).status_code in (404, 405)


def test_a_button_never_leads_elsewhere(client, sign_in, ben):
    sign_in(ben)
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = client.post("/en/follows/category/1", data={"on": "1", "next": target})
        assert answer.headers["Location"] == "/en/mine?tab=follows"


def test_mine_shows_questions_drafts_and_follows(client, sign_in, ada, ben, mo, make_question, count_queries):
    mine, followed = (
        make_question(ada, title="My own question about the drum"),
        make_question(ben, title="What Ben asked"),
    )
    hidden = make_question(ada, title="Something that was hidden")
    publishing.hide(mo, hidden)
    follow_question(ada, followed)
    follow(ada, TargetKind.CATEGORY, 2)
    save_draft(ada, f"answer:{followed}", body="I would first look at the filter")
    save_draft(ada, f"answer:{hidden}", body="To be thrown away")
    save_draft(ada, "ask", title="<b>Half a question", body="x")
    with unit_of_work():
        product = Product(
            key="A2", slug="ondea-8", name="Ondéa 8", brand="Brévane", category_id=1, search_text="ondea 8"
        )
        db.session.add(product)
        db.session.flush()
        review = f"review:{product.id}"
    save_draft(ada, review, title="Quiet", body="After a month with it")
    sign_in(ada)
    questions, drafts, follows_page = (
        client.get(f"/en/mine?tab={tab}").text for tab in ("", "drafts", "follows")
    )
    assert (
        "My own question" in questions
        and "only you see it" in questions
        and "What Ben asked" not in questions
    )
    assert (
        "Answer to “What Ben asked”" in drafts
        and "look at the filter" in drafts
        and "&lt;b&gt;Half" in drafts
    )
    assert "Review of “Ondéa 8”" in drafts and "/en/products/ondea-8/reviews/write" in drafts
    assert "no longer there" in drafts and "Something that was hidden" not in drafts
    assert "What Ben asked" in follows_page and "Coffee" in follows_page
    for tab in ("", "drafts", "follows"):
        with count_queries() as seen:
            assert client.get(f"/fr/mine?tab={tab}").status_code == 200
        assert len(seen) <= 9, seen
    client.post("/en/mine/drafts/discard", data={"place": "ask"})
    assert "Half a question" not in client.get("/en/mine?tab=drafts").text
    for _again in range(2):
        assert client.post("/en/mine/follows/questions", data={"id": followed}).status_code == 303
    assert not follows(ada, followed)
    assert mine and client.post("/en/mine/follows/questions", data={"id": "x"}).status_code == 303


def test_mine_is_ones_own_and_says_so_when_it_is_empty(client, sign_in, ada, ben, make_question):
    make_question(ben, title="What Ben asked about a kumquat")
    assert client.get("/en/mine").headers["Location"] == "/en/sign-in?next=/en/mine"
    sign_in(ada)
    pages = [client.get(f"/en/mine?tab={tab}").text for tab in ("", "drafts", "follows", "nonsense")]
    assert not [page for page in pages if "kumquat" in page]
    assert (
        "You have not asked anything yet." in pages[0]
        and "No draft." in pages[1]
        and "no question yet" in pages[2]
    )
    assert client.post("/en/mine/drafts/discard", data={"place": "../x"}).status_code == 422
