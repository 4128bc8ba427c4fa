"""The helpers' home: what fits me first, bounded, and nothing that is not public."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from common.db import db
from common.unit_of_work import unit_of_work
from forum.claims.claiming import claim_answering
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.helping.rules import FOLLOWED_WORTH, first_of, with_interest
from forum.products.models import Device, Product
from forum.questions import publishing
from forum.questions.models import Question
from forum.solutions.accepting import accept_answer
from forum.suggesting.rules import Knowledge
from tests.conftest import START


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    """The cast is as it is described at this moment."""
    at(START + timedelta(hours=1))


def shown(client, tab=""):
    page = client.get(f"/en/helping/?tab={tab}")
    assert page.status_code == 200
    return [int(one) for one in re.findall(r'<h3><a href="/en/questions/(\d+)/', page.text)]


def test_interest_counts_less_than_proof():
    known = with_interest(Knowledge({1: 5}, {}), [1, 2], [9])
    assert known.by_category == {1: 5 + FOLLOWED_WORTH, 2: FOLLOWED_WORTH} and known.by_topic == {
        9: FOLLOWED_WORTH
    }
    assert with_interest(None, [], []) == Knowledge({}, {})
    assert first_of([3, 1], [1, 2, 3], most=2) == [3, 1]


def test_what_i_solved_before_comes_first_and_own_questions_never(
    client, sign_in, ada, ben, make_question, make_answer
):
    solved = make_question(ada)
    accept_answer(ada, solved, make_answer(ben, solved))
    like_it = make_question(ada, title="Another drum that stays full")
    make_question(ada, title="A coffee machine that drips", category_id=2)
    make_question(ben, title="Ben asks something himself")
    sign_in(ben, client)
    assert shown(client) == [like_it]


def test_follows_and_devices_say_what_fits(client, sign_in, ada, cleo, make_question):
    coffee = make_question(ada, title="A coffee machine that drips", category_id=2)
    make_question(ada, title="The drum stays full of water again")
    with unit_of_work():
        product = Product(key="x1", name="Ondea 8", slug="ondea-8", category_id=1)
        db.session.add(product)
        db.session.flush()
        db.session.add(Device(member_id=cleo.member_id, product_id=product.id))
        product_id = product.id
    about = make_question(ada, title="What does E18 mean on mine", product_id=product_id)
    sign_in(cleo, client)
    assert shown(client) == [about]
    follow(cleo, TargetKind.CATEGORY, 2)
    assert shown(client) == [about, coffee]


def test_who_is_answering_is_said_and_has_a_list(client, sign_in, ada, ben, cleo, make_question):
    question_id = make_question(ada)
    claim_answering(ben, question_id)
    sign_in(cleo, client)
    assert shown(client, "claimed") == [question_id]
    assert "Ben is answering" in client.get("/en/helping/?tab=unanswered").text
    assert shown(client, "unanswered") == [question_id] and shown(client, "attention") == []


def test_nothing_hidden_is_suggested(client, sign_in, ada, cleo, mo, make_question):
    follow(cleo, TargetKind.CATEGORY, 1)
    question_id = make_question(ada)
    sign_in(cleo, client)
    assert shown(client) == [question_id]
    publishing.hide(mo, question_id)
    assert all(shown(client, tab) == [] for tab in ("", "unanswered", "claimed"))
    assert db.session.get(Question, question_id) is not None


def test_the_cost_does_not_grow_with_the_questions(client, sign_in, ada, cleo, make_question, count_queries):
    follow(cleo, TargetKind.CATEGORY, 1)
    sign_in(cleo, client)
    counts = []
    for _round in range(3):
        for number in range(4):
            make_question(ada, title=f"Question {_round}{number} about the drum")
        with count_queries() as seen:
            shown(client)
        counts.append(len(seen))
    assert counts[1] == counts[2] <= 18


def test_visitors_sign_in_first(client):
    assert "sign-in" in client.get("/en/helping/").location
