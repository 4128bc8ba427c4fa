"""Give members the rank their deeds have earned: set-based, idempotent, one fact per change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select, true, update

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import clock
from common.db import db, insert_many, update_where
from common.freshness import SITE, touch
from common.unit_of_work import record, unit_of_work
from rewards.events import RankChanged
from rewards.ranks import metrics
from rewards.ranks.measuring import counting
from rewards.ranks.models import RankChange, Why
from rewards.ranks.rules import earned_rank, next_rank
from rewards.ranks.scale import formulas

SHARE = 400


def rank_members(member_ids: Iterable[int], why: Why = Why.EARNED) -> int:
    """Compute and store the ranks of these members. Called again, it changes nothing. Returns how many rose.

    After an import (``Why.IMPORTED``) nobody is told.
    """
    ids = sorted(set(member_ids))
    risen = 0
    for start in range(0, len(ids), SHARE):
        with unit_of_work():
            risen += _rank_part(ids[start : start + SHARE], why)
    return risen


def _rank_part(ids: list[int], why: Why) -> int:
    counting.keep(ids)
    scale, measured = formulas(), metrics.of(ids)
    standing = dict(
        db.session.execute(select(Member.id, Member.rank).where(Member.id.in_(ids), _may_rise(why))).all()
    )
    unclaimed = _unclaimed(ids) if why is Why.IMPORTED else frozenset()
    risen = []
    for member_id, values in measured.items():
        if member_id not in standing:
            continue
        earned = earned_rank(scale, values)
        new = earned if member_id in unclaimed else next_rank(standing[member_id], earned)
        if new != standing[member_id]:
            risen.append((member_id, standing[member_id], new))
    if why is Why.IMPORTED:
        return _move_quietly(risen)
    return sum(move(*step, why=why) for step in risen)


def _may_rise(why: Why) -> ColumnElement[bool]:
    """A rank is frozen while a measure against the account is in force (domain/moderation.md §B4); an import tells of before."""
    now = clock.now()
    measures = [
        or_(until.is_(None), until <= now) for until in (Member.silenced_until, Member.suspended_until)
    ]
    return true() if why is Why.IMPORTED else and_(*measures)


def _unclaimed(ids: list[int]) -> frozenset[int]:
    """Imported members nobody has signed in as: a later export may still say less of them than an earlier one."""
    by_staff = select(RankChange.id).where(RankChange.member_id == Member.id, RankChange.why != Why.IMPORTED)
    nobody_yet = (Member.imported_key.is_not(None), Member.email_key.is_(None), ~by_staff.exists())
    return frozenset(db.session.scalars(select(Member.id).where(Member.id.in_(ids), *nobody_yet)))


def _move_quietly(steps: list[tuple[int, int, int]]) -> int:
    """Change the ranks of many members after an import: the same rows and facts, in few statements."""
    by_step: dict[tuple[int, int], list[int]] = {}
    for member_id, old, new in steps:
        by_step.setdefault((old, new), []).append(member_id)
    moved = 0
    for (old, new), ids in sorted(by_step.items()):
        changed = list(
            db.session.scalars(
                update(Member)
                .where(Member.id.in_(ids), Member.rank == old)
                .values(rank=new)
                .returning(Member.id)
                .execution_options(synchronize_session=False)
            )
        )
        now = clock.now()
        rows = [
            {
                "member_id": who,
                "old": old,
                "new": new,
                "why": Why.IMPORTED,
                "actor_id": None,
                "changed_at": now,
            }
            for who in changed
        ]
        insert_many(RankChange, rows)
        for member_id in changed:
            record(RankChanged(member_id, old, new))
        moved += len(changed)
    db.session.expire_all()
    if moved:
        touch(SITE)
    return moved


def move(member_id: int, old: int, new: int, *, why: Why, actor_id: int | None = None) -> bool:
    """Change a rank that is still what it was; one row, one fact, one piece of news. Inside a unit of work."""
    if not update_where(Member, Member.id == member_id, Member.rank == old, rank=new):
        return False
    insert_many(
        RankChange,
        [
            {
                "member_id": member_id,
                "old": old,
                "new": new,
                "why": why,
                "actor_id": actor_id,
                "changed_at": clock.now(),
            }
        ],
    )
    record(RankChanged(member_id, old, new))
    touch(f"member:{member_id}")
    touch(SITE)
    if new > old:
        tell(member_id, "rank-changed", f"rank:{new}", rank=new)
    return True
