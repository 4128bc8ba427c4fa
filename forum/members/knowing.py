"""Who knows a topic: three names beside a question and beside the list of a category (`design/UX.md §4.6`).

Who solved most is counted every ten minutes for all categories; the names are read again when anything in lists
changed, so that whoever closes the account, becomes private or is suspended is gone at once.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.queries import card_of
from accounts.members.rules import STAFF
from common import clock, settings
from common.db import db
from common.freshness import Shelf
from common.i18n import _
from forum.browsing.queries import remember
from forum.members.queries import PER_CATEGORY, Expert, best_by_category

settings.define(
    "forum.knowing_days", 90, unit="days", low=1, high=3_650,
    help=_("Solutions of so many days tell who knows a topic, beside questions and lists."),
)  # fmt: skip

_COUNTED_FOR = 600.0
_SPARE = 4
"""Counted besides those shown, for the places of those who may not be."""
_known = Shelf(200)


def who_knows(category_id: int, lists: int) -> tuple[Expert, ...]:
    """Those who solved most in a category; ``lists`` is the content version that the names are kept for."""
    return _known.fetch((category_id, lists), lambda: _read(category_id))


def _read(category_id: int) -> tuple[Expert, ...]:
    best = dict(remember("who knows", _count, _COUNTED_FOR).get(category_id, ()))
    if not best:
        return ()
    query = select(Member.id, Member.display_name, Member.slug, Member.rank, Member.role, Member.points).where(
        Member.id.in_(best), Member.closed_at.is_(None), Member.is_private.is_(False), Member.role.not_in(STAFF),
        or_(Member.suspended_until.is_(None), Member.suspended_until <= clock.now()),
    )  # fmt: skip
    found = {row.id: card_of(*row) for row in db.session.execute(query)}
    return tuple(Expert(found[one], count) for one, count in best.items() if one in found)[:PER_CATEGORY]


def _count() -> dict[int, list[tuple[int, int]]]:
    return best_by_category(settings.get("forum.knowing_days"), PER_CATEGORY + _SPARE)
