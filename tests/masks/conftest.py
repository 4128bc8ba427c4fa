"""A person with a name and a number that nobody else has, and what they asked under a mask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions.asking import ask_question
from forum.questions.models import Post
from tests.conftest import START

PERSON, NAME, INITIALS = 77_731, "Quillaja Xanthe", "QX"
TITLE = "My inheritance and a machine in the flat"
BODY = "It was my late aunt's, and the family must not know that I sell it. What is it worth?"


@dataclass
class Quillaja:
    """The person, as an actor of this very moment."""

    def now(self) -> Actor:
        """With the masks worn by now."""
        return actor_of(
            db.session.scalar(
                select(Member).where(Member.id == PERSON).execution_options(populate_existing=True)
            )
        )


@pytest.fixture
def person(app, at) -> Quillaja:
    """Somebody with a question they would not ask by name."""
    at(START + timedelta(hours=1))
    with unit_of_work():
        db.session.add(
            Member(
                id=PERSON, email="qx@example.com", email_key="qx@example.com", email_verified_at=START, display_name=NAME,
                name_key="quillaja xanthe", slug="quillaja-xanthe", language="en", rank=2,
                joined_at=START - timedelta(days=300),
            )
        )  # fmt: skip
    return Quillaja()


@pytest.fixture
def masked(person) -> int:
    """A published question asked under a mask."""
    return ask_question(person.now(), title=TITLE, body=BODY, category_id=1, language="en", unnamed=True).id


def author_of(post_id: int) -> int | None:
    """Who a post says wrote it."""
    return db.session.scalar(select(Post.author_id).where(Post.id == post_id))
