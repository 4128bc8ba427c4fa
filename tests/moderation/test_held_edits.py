"""While an edit waits, everybody else goes on reading the text before it, wherever it stands (domain/moderation.md §B1)."""

import pytest

from common.db import db
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import PendingEdit, Post
from moderation.review.rules import Decision, Reason

SHOPS = "Buy it at www.one.example or www.two.example or www.three.example, it is on offer."
TITLE = "Where to buy the drum on offer"


def edited(kind, newcomer, make_question, make_answer, decide, mo):
    """A newcomer's text of a kind, published by a moderator; an edit of it waits. (question, post, words before)."""
    question = make_question(newcomer, title="The drum stays full of water")
    decide(mo, question, Decision.APPROVE)
    post_id, before = question, db.session.get(Post, question).body
    if kind == "answer":
        before = "Open the small hatch and clean the filter behind it."
        post_id = make_answer(newcomer, question, body=before)
        decide(mo, post_id, Decision.APPROVE)
    elif kind == "comment":
        before = "It began last week after the wool programme."
        post_id = comment_on(newcomer, question, body=before).id
        decide(mo, post_id, Decision.APPROVE)
    title = TITLE if kind in ("title", "question") else None
    posted = edit_post(
        newcomer, post_id, version=1, title=title, body=None if kind == "title" else f"{before} {SHOPS}"
    )
    assert posted.held and db.session.get(PendingEdit, post_id) is not None
    return question, post_id, before


@pytest.fixture
def sees_the_old(client, sign_in, ben, drain):
    """Whether a visitor and another member read the text before, in every shape of the thread there is."""

    def check(question, post_id, before):
        drain()
        for who in (client, sign_in(ben)):
            for address in (
                f"/en/questions/{question}/x", f"/en/posts/{post_id}/history", "/en/questions", "/en/questions/feed.atom", f"/en/questions/{question}/feed.atom",
                f"/api/v1/questions/{question}", "/en/search?q=drum", "/sitemap.xml",
            ):  # fmt: skip
                answer = who.get(address, follow_redirects=True)
                words = answer.get_data(as_text=True)
                assert "one.example" not in words and TITLE not in words, address
        page = client.get(f"/en/questions/{question}/x", follow_redirects=True).text
        assert before.split(".")[0] in page and "The drum stays full of water" in page
        return True

    return check


@pytest.mark.parametrize("kind", ["title", "question", "answer", "comment"])
def test_the_public_reads_the_text_before_until_it_is_decided(
    kind, policy, newcomer, mo, make_question, make_answer, decide, sees_the_old, client, item_of
):
    policy("trust")
    question, post_id, before = edited(kind, newcomer, make_question, make_answer, decide, mo)
    assert sees_the_old(question, post_id, before)
    decide(mo, post_id, Decision.REJECT, Reason.ADVERTISING)
    assert sees_the_old(question, post_id, before)
    assert item_of(post_id, kind="edit").state == "decided"
