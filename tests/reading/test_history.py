"""The history of a post: readable, true, and without what was never public or was taken away."""

from __future__ import annotations

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import SYSTEM
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.editing import edit_post
from forum.questions.models import Post
from forum.revisions.withholding import revert_to, withhold_version
from forum.screening import Screening

HELP = "Unplug it, open the small hatch and clean the filter."


def history(client, post_id):
    return client.get(f"/en/posts/{post_id}/history").text


@pytest.fixture
def edited(ben, question, make_answer):
    answer = make_answer(ben, question)
    edit_post(ben, answer, version=1, body=HELP + " Wait for kumquat o’clock.", reason="More to do")
    edit_post(ben, answer, version=2, body=HELP + " Then wait an hour.", reason="Simpler")
    return answer


def test_titles_and_words_are_compared(client, ada, question):
    edit_post(ada, question, version=1, title="The drum stays half full of water", body=None)
    page = history(client, question)
    assert '<ins><span class="sr"> [added: </span>half ' in page and "[removed:" not in page


def test_a_version_that_was_never_public_is_not_in_the_history(client, ben, question, mo, sign_in):
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("links",)))
    held = answer_question(ben, question, body=HELP + " My number is a kumquat.").id
    edit_post(ben, held, version=1, body=HELP + " That is all.")
    publishing.set_screener(publishing.publish_everything)
    publishing.release(SYSTEM, held)
    edit_post(ben, held, version=2, body=HELP + " That is really all.")
    assert "kumquat" not in history(client, held) and "Version 2" in history(client, held)
    sign_in(mo)
    assert "kumquat" in history(client, held) and "hidden from readers" in history(client, held)


def test_what_was_hidden_and_changed_does_not_come_back_as_a_version(client, ben, question, make_answer):
    answer = make_answer(ben, question, body=HELP + " You kumquat.")
    publishing.hide(SYSTEM, answer)
    edit_post(ben, answer, version=1, body=HELP + " You can do it.")
    publishing.restore(SYSTEM, answer)
    assert "kumquat" not in history(client, answer)


def test_words_that_were_taken_out_stand_in_no_version(client, edited, mo, sign_in):
    publishing.redact(SYSTEM, edited, lambda words: words.replace("kumquat", "█"))
    sign_in(mo)
    assert "kumquat" not in history(client, edited)


def test_the_history_of_what_is_hidden_is_hidden(client, edited):
    publishing.hide(SYSTEM, edited)
    assert client.get(f"/en/posts/{edited}/history").status_code == 404


def test_a_moderator_withholds_a_version_and_shows_it_again(client, edited, mo, ben, sign_in):
    assert "kumquat" in history(client, edited)
    assert withhold_version(mo, edited, 2) and not withhold_version(mo, edited, 2)
    page = history(client, edited)
    assert "kumquat" not in page and "Version 2" not in page and "Then wait an hour." in page
    assert "kumquat" not in history(sign_in(ben), edited), "nor does its author see it"
    with pytest.raises(NotFound):
        revert_to(ben, edited, 2, 3)
    withhold_version(mo, edited, 2, on=False)
    assert "kumquat" in history(client.application.test_client(), edited)


def test_only_moderators_withhold_and_never_the_text_in_force(edited, ben, mo):
    with pytest.raises(Forbidden):
        withhold_version(ben, edited, 2)
    with pytest.raises(Conflict):
        withhold_version(mo, edited, 3)


def test_an_earlier_text_comes_back_as_a_new_version(client, edited, mo, ada, sign_in):
    sign_in(mo)
    form = {"to": "1", "version": "3"}
    assert client.post(f"/en/posts/{edited}/revert", data=form).status_code == 303
    post = db.session.get(Post, edited)
    assert (post.version, post.body) == (4, HELP)
    assert "Back to version 1" in history(client, edited)
    assert client.post(f"/en/posts/{edited}/revert", data=form).status_code == 409
    with pytest.raises(Forbidden):
        revert_to(ada, edited, 2, 4)


@pytest.mark.parametrize(
    "form", [{}, {"to": "x", "version": "3"}, {"to": "99", "version": "3"}, {"number": "-1"}]
)
def test_a_strange_version_is_not_found(client, edited, mo, sign_in, form):
    sign_in(mo)
    assert client.post(f"/en/posts/{edited}/revert", data=form).status_code == 404


def test_the_reason_names_the_window(ben, question, make_answer, at):
    from datetime import timedelta

    from forum.questions.permissions import can_edit

    answer = make_answer(ben, question)
    at(timedelta(days=31))
    assert (
        str(can_edit(ben, db.session.get(Post, answer)).sentence)
        == "At your rank a text can be edited for 30 days. That time is over."
    )
