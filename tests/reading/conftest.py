"""What the tests of reading share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db
from common.permissions import Actor
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


@pytest.fixture
def members_of_rank_two(app):
    """Twenty members of rank 2."""
    joined = START - timedelta(days=100)
    with unit_of_work():
        for number in range(101, 121):
            db.session.add(
                Member(
                    id=number, email=f"m{number}@example.com", email_key=f"m{number}@example.com",
                    email_verified_at=joined, display_name=f"Member {number}", name_key=f"member{number}",
                    slug=f"member-{number}", language="en", joined_at=joined, rank=2,
                )
            )  # fmt: skip
    return [
        Actor(member_id=n, role="member", rank=2, language="en", email_verified=True, joined_at=joined)
        for n in range(101, 121)
    ]
