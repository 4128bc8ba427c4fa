"""What these tests share with the forum's, and how a question stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notifications.models import Notification
from common.db import db
from forum.questions.models import Question
from tests.conftest import START
from tests.forum.conftest import facts, leaves_no_trace, rows  # noqa: F401 - fixtures

HELP = "Unplug it, open the small hatch and clean the filter."
DAY = timedelta(days=1)


@pytest.fixture
def question(ada, make_question, at) -> int:
    at(START)
    return make_question(ada)


@pytest.fixture
def answer(ben, question, make_answer, at) -> int:
    at(timedelta(minutes=20))
    return make_answer(ben, question)


def thread(question_id: int) -> Question:
    return db.session.get(Question, question_id, populate_existing=True)


def state(question_id: int) -> str:
    return thread(question_id).help_state.value


@pytest.fixture
def heard(app) -> Callable:
    """The kinds of news a member has that are still true, oldest first."""

    def kinds(actor, *wanted: str) -> list[str]:
        mine = (Notification.member_id == actor.member_id, Notification.withdrawn_at.is_(None))
        found = db.session.scalars(select(Notification.kind).where(*mine).order_by(Notification.id))
        return [kind for kind in found if not wanted or kind in wanted]

    return kinds
