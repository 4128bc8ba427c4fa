"""What stands now: a mandate in force, members without a measure, two who did not block each other.

Every read and every verb asks by these criteria, so that what is over opens nothing before the sweep writes it down.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.rules import Role
from accounts.messages.queries import not_blocking
from common import clock
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.mentoring.rules import LEAST, MOST
from rewards.ranks.mandates import mentors_mandate
from rewards.ranks.models import Mandate
from rewards.ranks.rules import MENTOR


def fit(member_id: Any, least: int, most: int) -> ColumnElement[bool]:
    """A member of these ranks whose account is open, and no measure in force."""
    one, now = aliased(Member), clock.now()
    free = [or_(until.is_(None), until <= now) for until in (one.silenced_until, one.suspended_until)]
    return exists().where(
        one.id == member_id, one.role == Role.MEMBER, one.closed_at.is_(None), one.rank.between(least, most), *free
    )  # fmt: skip


def mandate_in_force(mentor_id: Any) -> ColumnElement[bool]:
    """Whether somebody is a mentor by a mandate that runs, and may act."""
    held = aliased(Mandate)
    return and_(
        exists().where(held.member_id == mentor_id, mentors_mandate(held)), fit(mentor_id, MENTOR, MENTOR)
    )


def on_terms(one: Any, other: Any) -> ColumnElement[bool]:
    """Neither has blocked the other."""
    return and_(not_blocking(one, other), not_blocking(other, one))


def goes_on() -> ColumnElement[bool]:
    """A pair that stands."""
    here = Mentoring
    return and_(
        here.mentor_id.is_not(None), here.ends_at > clock.now(), fit(here.member_id, 0, MOST),
        mandate_in_force(here.mentor_id), on_terms(here.member_id, here.mentor_id),
    )  # fmt: skip


def waits() -> ColumnElement[bool]:
    """A request nobody has taken."""
    here = Mentoring
    return and_(here.mentor_id.is_(None), here.ends_at > clock.now(), fit(here.member_id, LEAST, MOST))


def open_offer() -> ColumnElement[bool]:
    """An offer that can be accepted."""
    here = MentoringOffer
    return and_(
        here.declined_at.is_(None), here.ends_at > clock.now(), fit(here.member_id, LEAST, MOST),
        mandate_in_force(here.mentor_id), on_terms(here.member_id, here.mentor_id),
    )  # fmt: skip


def mentors_for(member_id: int, category_id: int) -> Any:
    """Ids of mentors of a category, and of those whose mandate names none; at most two hundred."""
    held = Mandate.category_id
    return (
        select(Mandate.member_id)
        .where(or_(held.is_(None), held == category_id), mandate_in_force(Mandate.member_id))
        .where(on_terms(Mandate.member_id, member_id), Mandate.member_id != member_id)
        .order_by(held.is_(None), Mandate.member_id)
        .limit(200)
    )
