"""Names behind an @: links to profiles that are open to all, and a word where more are named than told."""

from __future__ import annotations

import pytest

from accounts.members.models import Member
from common.clock import now
from common.db import db, update_where
from common.text import render
from common.unit_of_work import unit_of_work
from forum.mentions import linking
from forum.questions.models import Post
from forum.revisions.rerendering import rerender_all
from tests.conftest import IDS

BODY = "Ask @ben, @Cleo or @nobody-here; not `@ben`, nor [@ben](https://example.com).\n\n> as @ben said"
ALL = "@ben @cleo @mo @sam @zed @max @root know this well enough."


def html_of(post_id: int) -> str:
    db.session.expire_all()
    return db.session.get_one(Post, post_id).body_html


def test_names_of_members_become_links_and_nothing_else_does(ada, ben, cleo, make_question):
    html = html_of(make_question(ada, body=BODY))
    assert f'Ask <a href="/members/{IDS["ben"]}" rel="nofollow ugc noopener">@ben</a>, ' in html
    assert f'<a href="/members/{IDS["cleo"]}" rel="nofollow ugc noopener">@Cleo</a> or @nobody-here;' in html
    assert html.count(f'"/members/{IDS["ben"]}"') == 1


@pytest.mark.parametrize("hidden", [{"is_private": True}, {"closed_at": now()}])
def test_private_and_closed_profiles_are_not_linked(ada, ben, make_question, hidden):
    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, **hidden)
    assert "/members/" not in html_of(make_question(ada, body="Does @ben know?"))
    assert "/members/" in html_of(make_question(ada, body="Does @cleo know?"))


def test_texts_are_made_anew_with_their_links_in_one_statement_a_share(ada, make_question, count_queries):
    ids = [make_question(ada, body=f"Does @ben know number {n}?") for n in range(3)]
    with unit_of_work():
        update_where(Post, Post.id.in_(ids), body_html="", render_version=1)
    with count_queries() as seen:
        list(rerender_all())
    assert sum("FROM member" in one for one in seen) == 1
    assert all("/members/" in html_of(one) for one in ids)


@pytest.mark.parametrize(
    "typed", ["@", "@@@ben", "@" * 5000, "@ben" * 3000, "![@ben](/x) @\u0000ben", "@ben\n===\n|@ben|\n|-|"]
)
def test_hostile_names_stay_harmless(app, typed):
    assert "<script" not in render(typed, {"ben": "/members/2"})


def test_the_address_of_a_name_speaks_the_language_of_the_page_it_stood_on(client):
    path = f"/members/{IDS['ben']}"
    for before, language in (("/fr/questions/1/x", "fr"), ("/en/", "en")):
        answer = client.get(path, headers={"Referer": f"http://localhost{before}"})
        assert (answer.status_code, answer.location) == (302, f"/{language}/members/{IDS['ben']}/ben")
    elsewhere = {"Referer": "http://example.com/en/", "Accept-Language": "fr"}
    assert client.get(path, headers=elsewhere).location.startswith("/fr/")
    assert client.get("/members/4000").status_code == 404


def test_who_names_more_members_than_are_told_reads_it(client, sign_in, cleo, ada, make_question):
    question = make_question(ada)
    sign_in(cleo, client)
    said = "You name 7 members; only the first 5 hear of it."
    assert said in client.post("/en/preview", data={"body": ALL}).text
    client.post(f"/en/questions/{question}/answers", data={"body": ALL})
    page = f"/en/questions/{question}/"
    assert said in client.get(page, follow_redirects=True).text
    assert said not in client.get(page, follow_redirects=True).text


def test_few_names_cost_nothing_and_say_nothing(cleo, count_queries):
    with count_queries() as seen:
        assert linking.too_many(cleo, "@ben @sam and me@example.com know") is None
    assert not any("FROM member" in one for one in seen)
