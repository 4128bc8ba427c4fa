"""The forum's pages open for everybody who may read them, in both languages, and lose nothing that was typed."""

from __future__ import annotations

import pytest

from common.db import db
from forum.questions.models import Question

PAGES = [
    "/",
    "/questions/",
    "/questions/ask",
    "/categories/",
    "/categories/washing",
    "/experts",
    "/members/1/ada",
]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_open_signed_out_and_signed_in(
    client, sign_in, ada, ben, make_question, make_answer, path, language
):
    question_id = make_question(ada)
    make_answer(ben, question_id)
    assert client.get(f"/{language}{path}").status_code == 200
    assert sign_in(ada).get(f"/{language}{path}").status_code == 200


def address(question_id: int) -> str:
    question = db.session.get(Question, question_id)
    return f"/en/questions/{question.id}/{question.slug}"


@pytest.mark.parametrize(
    "name", ["anonymous", "ada", "ben", "cleo", "mo", "sam", "max_", "root", "zed", "newcomer"]
)
def test_a_question_opens_for_everybody(client, sign_in, request, ada, ben, make_question, make_answer, name):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    browser = client if name == "anonymous" else sign_in(request.getfixturevalue(name))
    page = browser.get(address(question_id))
    assert page.status_code == 200
    assert f'id="a-{answer_id}"' in page.text and "clean the filter" in page.text
