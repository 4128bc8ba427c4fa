"""Ten pages of one moderator at once: one audit, one pause. Racy twins must be caught."""

import time

import pytest
from sqlalchemy import func, select

from common import clock, settings
from common.db import db
from common.errors import Refusal
from common.unit_of_work import unit_of_work
from moderation.audits import mixing
from moderation.audits.models import Audit
from moderation.pauses import pausing
from moderation.pauses.models import Pace, Pause
from moderation.review import leasing
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType
from tests.moderation.conftest import decide, item_of, policy, second_moderator  # noqa: F401 - fixtures
from tests.moderation.conftest import members as people  # noqa: F401
from tests.moderation.test_audits import refused, waiting  # noqa: F401 - fixtures

PAGES = 10


@pytest.fixture
def members(people):  # noqa: F811 - the maker of members that the fixtures of the desk ask for
    return people


def count(model, *criteria):
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def test_ten_pages_that_take_the_next_item_at_once_bring_one_audit(refused, waiting, mo, in_threads):  # noqa: F811
    with settings.override(**{"moderation.audit_every": 1}):
        results = in_threads(PAGES, lambda _n: leasing.take_next(mo))
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert count(Audit) == 1 == count(ReviewItem, ReviewItem.kind == ItemType.AUDIT)


def test_without_its_key_the_same_decision_would_be_served_twice(refused, waiting, mo, in_threads):  # noqa: F811
    """The racy twin: whether one is due is read in one transaction and written in another."""
    made = []

    def careless(_number):
        due = mixing._due(mo.member_id, 1)
        db.session.rollback()
        time.sleep(0.05)
        if due is not None:
            made.append(due)
        return due is not None

    assert sum(one is True for one in in_threads(4, careless)) > 1 and len(made) > 1


def test_ten_hasty_decisions_at_once_are_one_pause(mo, in_threads):
    with unit_of_work():
        now = clock.now()
        db.session.add(
            Pace(member_id=mo.member_id, streak=9, working_since=now, last_at=now, rest_open=False)
        )

    def hasty(_number):
        with unit_of_work():
            pausing.note_decision(mo, 0, 500)

    results = in_threads(PAGES - 1, hasty)
    assert not [one for one in results if isinstance(one, Exception)]
    assert count(Pause) == 1 and pausing.is_paused(mo)
