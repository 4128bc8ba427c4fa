"""Reads of the leaderboards. Who is listed is asked at the moment of reading, never kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, card_of
from accounts.members.rules import STAFF
from common import clock, settings
from common.db import db
from common.i18n import _
from rewards.leaderboards.building import EVERYWHERE, WINDOWS
from rewards.leaderboards.models import LeaderboardSum, Unlisted

settings.define(
    "leaderboards.size", 10, unit=_("members"), low=3, high=50,
    help=_("How many members a leaderboard names: the first of a time, not an endless ranking."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A member on a board. Members with as many points share a place."""

    place: int
    card: MemberCard
    points: int
    solutions: int


@dataclass(frozen=True, slots=True)
class Board:
    """The first of a window, and where the reader stands."""

    rows: list[Row]
    mine: Row | None
    listed: bool


def is_shown() -> ColumnElement[bool]:
    """The criterion on Member: open, not of the team, not suspended, not private, and wants to be listed."""
    rests = Member.suspended_until.is_(None) | (Member.suspended_until <= clock.now())
    hidden = select(Unlisted.member_id).where(Unlisted.member_id == Member.id)
    return and_(
        Member.closed_at.is_(None), Member.is_mask.is_(False), Member.is_private.is_(False),
        Member.role.not_in(STAFF), rests, ~hidden.exists(),
    )  # fmt: skip


def shown_of(member_ids: Iterable[int]) -> set[int]:
    """Those of these members who may be listed. One query."""
    return set(db.session.scalars(select(Member.id).where(Member.id.in_(list(member_ids)), is_shown())))


def board(days: int, category_id: int | None, member_id: int | None) -> Board:
    """One board. Four queries at most, whatever its length."""
    s = LeaderboardSum
    here = (s.days == (days if days in WINDOWS else WINDOWS[0]), s.category_id == (category_id or EVERYWHERE))
    columns = (Member.id, Member.display_name, Member.slug, Member.rank, Member.role, Member.points)
    query = (
        select(s.points, s.solutions, *columns)
        .join(Member, Member.id == s.member_id)
        .where(*here, is_shown())
    )
    found = db.session.execute(
        query.order_by(s.points.desc(), s.member_id).limit(settings.get("leaderboards.size"))
    ).all()
    rows: list[Row] = []
    for number, row in enumerate(found, start=1):
        place = rows[-1].place if rows and rows[-1].points == row.points else number
        rows.append(Row(place, card_of(*row[2:]), row.points, row.solutions))
    if member_id is None:
        return Board(rows, None, True)
    listed = member_id in shown_of([member_id])
    own = next((row for row in rows if row.card.id == member_id), None)
    return Board(rows, own or (_own(query, here, member_id) if listed else None), listed)


def _own(query, here: tuple, member_id: int) -> Row | None:
    row = db.session.execute(query.where(LeaderboardSum.member_id == member_id)).first()
    if row is None:
        return None
    better = (
        select(func.count())
        .select_from(LeaderboardSum)
        .join(Member, Member.id == LeaderboardSum.member_id)
        .where(*here, is_shown(), LeaderboardSum.points > row.points)
    )
    return Row((db.session.scalar(better) or 0) + 1, card_of(*row[2:]), row.points, row.solutions)
