"""Votes of somebody who left: after a month they are tied to a row that is nobody, and count on as they did."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from accounts.closing.erasing import registered
from accounts.closing.models import Erasure
from accounts.members.models import Member
from common import clock, settings
from common.db import db, update_where
from common.unit_of_work import unit_of_work

NOBODY = "–"
AT_ONCE = 200


def cut_loose() -> int:
    """Cut the votes of all who left long enough ago loose from their accounts; returns how many accounts that were.

    Each gets a row of its own, since one person votes once for one thing; nothing else leads to it.
    """
    before = clock.now() - timedelta(days=settings.get("privacy.vote_days"))
    due = select(Erasure.member_id).where(Erasure.votes_done_at.is_(None), Erasure.begun_at <= before)
    ids = list(db.session.scalars(due.order_by(Erasure.member_id).limit(AT_ONCE)))
    db.session.rollback()
    for member_id in ids:
        with unit_of_work():
            mine = (Erasure.member_id == member_id, Erasure.votes_done_at.is_(None))
            if update_where(Erasure, *mine, votes_done_at=clock.now()):
                _cut(member_id)
    return len(ids)


def _cut(member_id: int) -> None:
    now = clock.now()
    nobody = Member(
        display_name=NOBODY,
        name_key=f"closed:{secrets.token_hex(16)}",
        slug="member",
        joined_at=now,
        closed_at=now,
    )
    db.session.add(nobody)
    db.session.flush()
    for plan in registered().values():
        for column in plan.votes:
            change = update(column.class_).where(column == member_id).values({column.key: nobody.id})
            db.session.execute(change.execution_options(synchronize_session=False))
