"""The sums of the leaderboards, made anew from the ledger: one statement for each window and each kind of board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, delete, func, insert, literal, select

from accounts.masks.models import Mask
from common import clock, i18n
from common.db import db
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from rewards.leaderboards.models import LeaderboardSum
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, CauseType, EntryKind

WINDOWS = (7, 30)
EVERYWHERE = 0
NOT_HELPING = (CauseType.ADJUSTMENT, CauseType.MISSION)
"""Points that were not earned by helping somebody."""


@periodic("rewards.leaderboards", every=timedelta(minutes=10))
def rebuild() -> None:
    """Make all sums anew. What was undone counts no more; only lines of the last 30 days are read."""
    with unit_of_work():
        db.session.execute(delete(LeaderboardSum))
        for days in WINDOWS:
            _fill(days, literal(EVERYWHERE))
            _fill(days, LedgerEntry.category_id)


def _fill(days: int, category: Any) -> None:
    e = LedgerEntry
    since = i18n.local(clock.now()).date() - timedelta(days=days)
    accepted = e.cause_type == CauseType.ACCEPTED
    net = cast(e.kind == EntryKind.EARN, Integer) - cast(e.kind == EntryKind.REVERSE, Integer)
    post, thread = Post.__table__.alias("about"), Post.__table__.alias("thread")
    query = (
        select(
            literal(days), category, e.member_id, func.sum(e.granted),
            func.coalesce(func.sum(net).filter(accepted, e.granted != 0), 0),
        )
        .where(
            e.account == Account.REPUTATION, e.effective_day > since, e.kind.in_((EntryKind.EARN, EntryKind.REVERSE)),
            e.cause_type.not_in(NOT_HELPING), category.is_not(None), ~_masked(post, thread),
        )
        .outerjoin(post, post.c.id == e.post_id)
        .outerjoin(thread, thread.c.id == e.question_id)
        .group_by(e.member_id, category)
        .having(func.sum(e.granted) > 0)
    )  # fmt: skip
    columns = ("days", "category_id", "member_id", "points", "solutions")
    db.session.execute(insert(LeaderboardSum).from_select(columns, query))


def _masked(post: Any, thread: Any) -> ColumnElement[bool]:
    """Earned under a mask: a board of a category that named the person would say who wears it."""
    worn = (
        Mask.person_id == LedgerEntry.member_id,
        Mask.member_id.in_((post.c.author_id, thread.c.author_id)),
    )
    return select(Mask.member_id).where(*worn).correlate(LedgerEntry, post, thread).exists()
