"""Who may read what: held and removed posts are nobody's but their author's and the moderators', on every page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Comment, Post, Question
from forum.screening import Screening
from tests.conftest import START

SECRET = "kumquat"
STRANGERS = ["anonymous", "ben", "cleo", "sam", "zed", "newcomer"]


@pytest.fixture
def reading(client, sign_in, request):
    """The text and status of a page for one of the cast, each in a browser of their own."""

    def read(name: str, path: str):
        browser = client.application.test_client()
        if name != "anonymous":
            sign_in(request.getfixturevalue(name), browser)
        return browser.get(path)

    return read


@pytest.fixture
def hold_secrets(app):
    """A screener that holds whatever speaks of the secret, until the test is over."""

    def screen(submission):
        held = SECRET in (submission.title or "") + submission.body
        return Screening(submission.title, submission.body, ("first_post",) if held else ())

    before = publishing._screener
    publishing.set_screener(screen)
    yield
    publishing.set_screener(before)


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    """The cast is as it is described at this moment."""
    at(START + timedelta(hours=1))


def path_of(post_id: int) -> str:
    question = db.session.get(Question, db.session.get(Post, post_id).thread_id)
    return f"/en/questions/{question.id}/{question.slug}"


def everywhere(question_id: int, author_id: int) -> list[str]:
    """Every page a stranger might find a post on."""
    return [
        "/en/", "/en/?tab=unanswered", "/en/?tab=viewed", "/en/?tab=wanted", "/en/questions/", "/en/questions/?sort=new",
        "/en/questions/?state=unanswered", "/en/categories/washing", "/en/categories/", "/en/experts",
        f"/en/members/{author_id}/ada", f"/en/members/{author_id}/ada?tab=answers", f"/en/members/{author_id}/ada?tab=questions",
    ]  # fmt: skip


@pytest.mark.parametrize("name", STRANGERS)
def test_a_held_question_is_unknown_to_strangers(hold_secrets, reading, ada, make_question, name):
    question_id = make_question(ada, title=f"The {SECRET} does not turn any more")
    assert reading(name, path_of(question_id)).status_code == 404
    for path in (
        f"/a/{question_id}",
        f"/en/posts/{question_id}/history",
        f"/en/posts/{question_id}/edit",
        f"/en/questions/sent/{question_id}",
    ):
        assert reading(name, path).status_code in (403, 404)
    assert not [path for path in everywhere(question_id, 1) if SECRET in reading(name, path).text]


def test_a_held_question_is_shown_to_its_author_and_to_moderators(hold_secrets, reading, ada, make_question):
    question_id = make_question(ada, title=f"The {SECRET} does not turn any more")
    own = reading("ada", path_of(question_id))
    assert own.status_code == 200 and "is being reviewed" in own.text
    assert reading("mo", path_of(question_id)).status_code == 200
    assert SECRET in reading("ada", f"/en/questions/sent/{question_id}").text


@pytest.mark.parametrize("name", STRANGERS)
def test_a_held_answer_and_comment_are_unknown_to_strangers(
    hold_secrets, reading, ada, cleo, make_question, make_answer, name
):
    question_id = make_question(ada)
    held_id = make_answer(ada, question_id, body=f"I found a {SECRET} in the hose, that was all of it.")
    visible_id = make_answer(cleo, question_id)
    with unit_of_work():
        question = db.session.get(Question, question_id)
        comment = Comment(
            author_id=ada.member_id,
            question_id=question_id,
            parent_id=visible_id,
            body=f"A {SECRET}",
            language="en",
        )
        publishing.submit(ada, comment, db.session.get(publishing.Category, question.category_id))
        comment_id = comment.id
    assert SECRET not in reading(name, path_of(question_id)).text
    assert SECRET in reading("ada", path_of(question_id)).text
    for post_id in (held_id, comment_id):
        assert reading(name, f"/a/{post_id}").status_code == 404
        assert reading(name, f"/en/posts/{post_id}/history").status_code == 404
        assert reading(name, f"/en/questions/{question_id}/x?answer={post_id}").status_code in (301, 200)
    assert not [path for path in everywhere(question_id, 1) if SECRET in reading(name, path).text]


@pytest.mark.parametrize("move", ["hide", "remove", "withdraw", "reject"])
@pytest.mark.parametrize("name", ["anonymous", "cleo", "zed"])
def test_what_is_taken_away_is_gone_from_every_page_at_once(
    reading, ada, ben, make_question, make_answer, move, name
):
    question_id = make_question(ada, title=f"The {SECRET} does not turn any more")
    make_answer(ben, question_id)
    pages = [path_of(question_id), *everywhere(question_id, 1)]
    assert (
        SECRET in reading(name, pages[0]).text and SECRET in reading(name, "/en/").text
    )  # every copy is warm
    for path in pages:
        reading(name, path)
    if move == "reject":
        publishing.hide(SYSTEM, question_id)
    getattr(publishing, move)(SYSTEM, question_id)
    assert reading(name, pages[0]).status_code == {"hide": 404}.get(move, 410)
    assert not [path for path in pages[1:] if SECRET in reading(name, path).text]


def test_an_answer_that_is_removed_leaves_a_line_and_no_word_of_it(
    reading, ada, ben, cleo, make_question, make_answer
):
    question_id = make_question(ada)
    make_answer(ben, question_id)
    gone_id = make_answer(cleo, question_id, body=f"Buy a {SECRET} in my shop, it is cheap and good.")
    assert SECRET in reading("anonymous", path_of(question_id)).text
    publishing.remove(SYSTEM, gone_id)
    page = reading("anonymous", path_of(question_id))
    assert SECRET not in page.text and "removed by moderators" in page.text
    assert reading("anonymous", f"/a/{gone_id}").status_code == 410
    assert SECRET not in reading("anonymous", f"{path_of(question_id)}?answer={gone_id}").text


def test_a_removed_question_takes_its_answers_with_it(reading, ada, ben, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id, body=f"I found a {SECRET} in the hose, that was all of it.")
    publishing.hide(SYSTEM, question_id)
    assert reading("cleo", f"/a/{answer_id}").status_code == 404
    assert reading("cleo", f"/en/posts/{answer_id}/history").status_code == 404
    assert SECRET not in reading("cleo", "/en/members/2/ben?tab=answers").text


def test_what_comes_back_is_seen_at_once(reading, ada, make_question):
    question_id = make_question(ada, title=f"The {SECRET} does not turn any more")
    publishing.hide(SYSTEM, question_id)
    assert reading("anonymous", path_of(question_id)).status_code == 404
    publishing.restore(SYSTEM, question_id)
    assert SECRET in reading("anonymous", path_of(question_id)).text
    assert SECRET in reading("anonymous", "/en/questions/").text


def test_a_closed_account_has_no_page(reading, app):
    assert reading("anonymous", "/en/members/999999/x").status_code == 404
    assert reading("anonymous", "/en/members/2147483647/").status_code == 404
