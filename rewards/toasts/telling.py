"""What was earned since it was last told: once per line, several together, at most once a minute, off on request.

Nothing is asked for on a page without news: `Member.has_point_news` comes with the visit, and the ledger sets it with the
line. Two pages opened at once are settled by one conditional update: one of them tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from common import clock
from common.db import db, insert_once, update_where
from common.i18n import Sentence
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.leaderboards.choosing import can_choose
from rewards.ledger.models import LedgerEntry
from rewards.ledger.queries import WORDS
from rewards.ledger.rules import Account, EntryKind
from rewards.toasts.models import PointsTold

APART = timedelta(minutes=1)
RECENT = timedelta(days=7)
"""Older lines are in the statement; nobody is greeted with last month's points."""
MOST = 50
_TELLING = (EntryKind.EARN, EntryKind.ADJUST)


@dataclass(frozen=True, slots=True)
class News:
    """Points earned: how many, by how many acts, the words where it was one, and the newest line."""

    points: int
    acts: int
    words: Sentence | str
    entry_id: int


def news_for(member_id: int) -> News | None:
    """What to tell this member now, once: the caller shows it. None when there is nothing, or not yet."""
    now = clock.now()
    told = db.session.get(PointsTold, member_id)
    if told is not None and not told.is_off and told.told_at is not None and told.told_at > now - APART:
        return None
    is_off, since = (told.is_off, told.entry_id) if told is not None else (False, 0)
    with unit_of_work():
        waiting = (Member.id == member_id, Member.has_point_news.is_(True))
        if not update_where(Member, *waiting, has_point_news=False):
            return None
        lines = [] if is_off else _lines(member_id, since)
        if not lines:
            return None
        newest = max(line.id for line in lines)
        if insert_once(PointsTold, member_id=member_id, entry_id=newest, told_at=now) is None:
            update_where(PointsTold, PointsTold.member_id == member_id, entry_id=newest, told_at=now)
    first = lines[-1]
    return News(
        sum(line.granted for line in lines), len(lines), WORDS.get(first.rule_key, first.rule_key), newest
    )


def _lines(member_id: int, since: int) -> list:
    e, undoing = LedgerEntry, aliased(LedgerEntry)
    undone = select(undoing.id).where(undoing.reverses_id == e.id).exists()
    query = select(e.id, e.granted, e.rule_key).where(
        e.member_id == member_id, e.account == Account.REPUTATION, e.id > since, e.kind.in_(_TELLING), e.granted > 0,
        e.restores_id.is_(None), e.occurred_at > clock.now() - RECENT, ~undone,
    )  # fmt: skip
    return list(db.session.execute(query.order_by(e.id.desc()).limit(MOST)))


def choose(actor: Actor, wanted: bool) -> None:
    """Be told in passing, or not."""
    require(can_choose(actor))
    me = actor.member_id or 0
    with unit_of_work():
        if insert_once(PointsTold, member_id=me, is_off=not wanted) is None:
            update_where(PointsTold, PointsTold.member_id == me, is_off=not wanted)


def is_wanted(member_id: int) -> bool:
    """Whether a member wants to be told in passing."""
    told = db.session.get(PointsTold, member_id)
    return told is None or not told.is_off
