"""What the tests of reading share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions import publishing
from forum.questions.models import Comment, Question
from tests.conftest import START


@pytest.fixture(autouse=True)
def _published_at_once(app, at):
    """The clock stands at the cast's own morning, and what is written is published at once."""
    screener = publishing._screener
    publishing.set_screener(publishing.publish_everything)
    at(START)
    yield
    publishing.set_screener(screener)


@pytest.fixture
def question(ada, make_question, at):
    """Ada's question, ten minutes old."""
    made = make_question(ada)
    at(timedelta(minutes=10))
    return made


@pytest.fixture
def path_of(app):
    """The address of a question."""

    def find(question_id):
        slug = db.session.get(Question, question_id).slug
        db.session.rollback()
        return f"/en/questions/{question_id}/{slug}"

    return find


@pytest.fixture
def make_comments(app):
    """Published comments under a post, a second apart; their ids."""

    def make(who, question_id, parent_id, count):
        ids = []
        with unit_of_work():
            category = db.session.get(Category, 1)
            for n in range(count):
                comment = Comment(
                    author_id=who.member_id, question_id=question_id, parent_id=parent_id, language="en",
                    body=f"Remark number {n}.",
                )  # fmt: skip
                publishing.submit(who, comment, category)
                ids.append(comment.id)
        return ids

    return make
