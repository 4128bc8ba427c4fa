"""Whoever looks after a guide hears, once, that it is time to check it again (FEATURES.md §4.16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.members.models import Member
from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common import clock, jobs
from common.db import db, update_where
from common.i18n import _, n_
from common.permissions import OFFICIAL_ROLES
from common.unit_of_work import unit_of_work
from forum.content.guides.models import Guide
from forum.content.guides.rules import GuideState

_BATCH = 200
Params = dict[str, Any]


def register_kind() -> None:
    """Make the kind known; called once by the package."""
    register(
        Kind(
            "guides-due",
            lambda p: n_(
                "%(count)s official guide of yours is due to be checked again.",
                "%(count)s official guides of yours are due to be checked again.",
                max(len(p.get("guides", ())), 1),
            ),
            lambda _params: ("guide_desk.index", {"tab": "due"}),
            event="mention", is_content=False, button=_("See the guides"), holds=_still_due,
        )
    )  # fmt: skip


@jobs.periodic("forum.tell_guides_due", every=timedelta(hours=6))
def tell_guides_due() -> None:
    """One message for each keeper, whatever the number of guides; the next one when something else is due."""
    keepers = _keepers()
    db.session.rollback()
    for member_id, guides in keepers.items():
        with unit_of_work():
            now = clock.now()
            told = [
                one for one in guides if update_where(Guide, Guide.id == one, *_untold(), due_told_at=now)
            ]
            if told:
                telling.tell(member_id, "guides-due", f"guides-due:{min(told)}:{now:%Y%m%d%H%M}", guides=told)


def _keepers() -> dict[int, list[int]]:
    """Guides that are due and nobody was told of, by member: who checked them last, else who wrote them."""
    candidates = select(Guide.id, Guide.checked_by_id, Guide.author_id).where(*_untold())
    rows = db.session.execute(candidates.order_by(Guide.check_due_at, Guide.id).limit(_BATCH)).all()
    able = _able({one for row in rows for one in (row.checked_by_id, row.author_id) if one is not None})
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        keeper = next((one for one in (row.checked_by_id, row.author_id) if one in able), None)
        if keeper is not None:
            found[keeper].append(row.id)
    return found


def _able(member_ids: Iterable[int]) -> set[int]:
    """Those of the members who may still keep guides."""
    query = select(Member.id).where(
        Member.id.in_(member_ids), Member.role.in_(OFFICIAL_ROLES), Member.closed_at.is_(None)
    )
    return set(db.session.scalars(query))


def _due() -> list[ColumnElement[bool]]:
    return [Guide.state == GuideState.PUBLISHED, Guide.check_due_at <= clock.now()]


def _untold() -> list[ColumnElement[bool]]:
    return [*_due(), or_(Guide.due_told_at.is_(None), Guide.due_told_at < Guide.check_due_at)]


def _still_due(_member_id: int, params: Params) -> bool:
    """Asked again when the letter is written: some of them may have been checked meanwhile."""
    guides = list(params.get("guides", ()))[:_BATCH]
    return bool(db.session.scalar(select(func.count(Guide.id)).where(Guide.id.in_(guides), *_due())))
