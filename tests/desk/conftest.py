"""What tests of incidents and private talks share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moderation.escalation import casework, laddering
from moderation.incidents import declaring
from moderation.incidents.declaring import Words
from tests.forum.conftest import leaves_no_trace, rows  # noqa: F401 - fixtures
from tests.states.conftest import heard  # noqa: F401 - a fixture

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TITLE = Words("L’application ne répond plus", "The app does not answer")
WORDS = Words("Nous y travaillons.", "We are working on it.")


@pytest.fixture
def question(app, at, ada, make_question) -> int:
    at(MONDAY)
    return make_question(ada)


@pytest.fixture
def case_id(question, at) -> int:
    """A question that waits for the team since a minute."""
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    return casework.case_of(question, 1).id


@pytest.fixture
def incident(app, at, sam) -> int:
    """An open incident of the first category."""
    at(MONDAY)
    return declaring.declare(sam, TITLE, WORDS, 1, None)
