"""What the tests of routing and of the workbench share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.db import db
from moderation.escalation import casework, laddering
from moderation.escalation.models import Case, CaseEvent
from moderation.routing import assigning
from moderation.routing.ordering import founding, teaming

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def open_case(app, at, ada, make_question):
    """Makes a question whose case waits in the queue since a minute; returns the case's id."""

    def make(title="My parcel never came", **more):
        at(MONDAY)
        question_id = make_question(ada, title=title, **more)
        at(MONDAY + timedelta(hours=4, minutes=1))
        laddering.sweep()
        return casework.case_of(question_id, 1).id

    return make


@pytest.fixture
def teams(app, max_):
    """The usual teams by key, with sam in customer service."""
    from moderation.routing.models import SupportTeam

    founding.found_usual(max_)
    found = {row.key: row.id for row in db.session.scalars(db.select(SupportTeam))}
    teaming.seat(max_, found["service"], 5)
    return found


@pytest.fixture
def here(sam):
    """Sam is at the desk whenever this is called."""
    return lambda: assigning.note_here(sam)


def case(case_id):
    return db.session.get(Case, case_id, populate_existing=True)


def lines(case_id):
    query = db.select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
    return list(db.session.scalars(query))
