"""Who gave a thumbs-up: named on request, apart from those who keep to themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.messages.writing import block
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.queries import find_post
from forum.reactions import queries
from forum.reactions.voting import give_kudos, withdraw_kudos
from tests.conftest import START


@pytest.fixture(autouse=True)
def _in_the_morning(app, at):
    at(START + timedelta(hours=1))


@pytest.fixture
def answer(ada, ben, make_question, make_answer):
    return make_answer(ben, make_question(ada))


def names(actor, post_id, after="") -> tuple[list[str], int]:
    found = queries.givers(actor, find_post(actor, post_id), after)
    db.session.rollback()
    return [str(one.card.name) for one in found.items], found.unnamed


def test_members_are_named_the_newest_first_and_who_took_it_back_is_not(ada, ben, cleo, sam, answer, at):
    for minutes, giver in enumerate((ada, cleo, sam), start=61):
        at(START + timedelta(minutes=minutes))
        give_kudos(giver, answer)
    assert names(ben, answer) == (["Sam", "Cleo", "Ada"], 0)
    withdraw_kudos(cleo, answer)
    assert names(ben, answer) == (["Sam", "Ada"], 0)


def test_private_closed_and_blocking_members_are_counted_and_not_named(ada, ben, cleo, sam, answer):
    for giver in (ada, cleo, sam):
        give_kudos(giver, answer)
    block(ada, ben.member_id)
    with unit_of_work():
        update_where(Member, Member.id == cleo.member_id, is_private=True)
    assert names(ben, answer) == (["Sam"], 2)
    assert names(sam, answer) == (["Sam", "Ada"], 1)


def test_the_page_is_for_members_and_for_what_they_may_read(client, sign_in, ada, cleo, mo, answer):
    path = f"/en/posts/{answer}/kudos"
    assert "/sign-in" in client.get(path).headers["Location"]
    give_kudos(cleo, answer)
    sign_in(ada)
    assert "Cleo" in client.get(path).text
    thread = client.get(client.get(f"/a/{answer}").headers["Location"].split("#")[0]).text
    assert f'href="{path}"' in thread
    publishing.hide(mo, answer)
    assert client.get(path).status_code == 404
    assert client.get("/en/posts/999999/kudos").status_code == 404


def test_the_list_comes_in_parts_with_a_bounded_number_of_statements(
    client, sign_in, ada, cleo, sam, answer, monkeypatch, count_queries
):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    for giver in (ada, cleo, sam):
        give_kudos(giver, answer)
    seen, after = [], ""
    for _part in range(3):
        found = queries.givers(ada, find_post(ada, answer), after)
        seen += [str(one.card.name) for one in found.items]
        after = found.next or ""
    assert sorted(seen) == ["Ada", "Cleo", "Sam"] and not after
    sign_in(ada)
    client.get(f"/en/posts/{answer}/kudos")
    with count_queries() as statements:
        assert client.get(f"/en/posts/{answer}/kudos?after=999-x%00").status_code == 200
    assert len(statements) <= 12, statements
