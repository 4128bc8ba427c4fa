"""What the formulas measure, for many members at once: a fixed number of queries, however many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from common import clock, i18n
from common.db import db, on_postgresql
from forum.questions.models import Kudos, Post
from rewards.ledger.models import Balance, DaySum
from rewards.ledger.queries import reputation_since
from rewards.ranks.measuring import counting
from rewards.ranks.models import Mandate

Metrics = dict[str, float]
Source = Callable[[list[int]], dict[int, Metrics]]
ACTIVE_WINDOW = timedelta(days=60)
YEAR = timedelta(days=365)

_sources: list[Source] = []
_post = Post.__table__


def add_source(source: Source) -> None:
    """Let the package above measure what it knows (flags reviewed, their accuracy, strikes). Once is enough."""
    if source not in _sources:
        _sources.append(source)


def of(member_ids: Iterable[int]) -> dict[int, Metrics]:
    """All metrics of these members; members that do not exist are left out."""
    ids = sorted(set(member_ids))
    found = _basics(ids)
    if not found:
        return {}
    for measure in (_figures, _active_days, _mandates, *_sources):
        for member_id, values in measure(ids).items():
            if member_id in found:
                found[member_id].update(values)
    for member_id, value in reputation_since(
        ids, i18n.local(clock.now() - timedelta(days=365)).date()
    ).items():
        if member_id in found:
            found[member_id]["rep_365d"] = value
    return found


def _basics(ids: list[int]) -> dict[int, Metrics]:
    now = clock.now()
    rows = db.session.execute(
        select(Member.id, Member.joined_at, Member.email_verified_at, Member.imported_key, Balance.reputation)
        .outerjoin(Balance, Balance.member_id == Member.id)
        .where(Member.id.in_(ids), Member.closed_at.is_(None))
    )
    return {
        row.id: {
            "rep_total": row.reputation or 0,
            "rep_365d": 0,
            "age_days": (now - row.joined_at) / timedelta(days=1),
            # An imported member proved the address to the other forum.
            "email_verified": float(row.email_verified_at is not None or row.imported_key is not None),
        }
        for row in rows
    }


def _figures(ids: list[int]) -> dict[int, Metrics]:
    """What is kept written of their posts (``measuring.counting``)."""
    return {
        member_id: {
            "posts_published": of["posts"],
            "answers_published": of["answers"],
            "answers_accepted": of["accepted"],
            "acceptance_ratio": of["chosen"] / of["compared"] if of["compared"] else 0,
            "useful_votes_received": of["votes"],
            "topics_with_expertise": of["topics"],
        }
        for member_id, of in counting.kept(ids).items()
    }


def _active_days(ids: list[int]) -> dict[int, Metrics]:
    """Days of the last 60 on which a member wrote or thanked."""
    since = clock.now() - ACTIVE_WINDOW
    wrote = select(_post.c.author_id.label("who"), _day(_post.c.published_at).label("day")).where(
        _post.c.author_id.in_(ids), _post.c.published_at >= since
    )
    thanked = select(Kudos.member_id, _day(Kudos.given_at)).where(
        Kudos.member_id.in_(ids), Kudos.given_at >= since
    )
    both = wrote.union(thanked).subquery()
    rows = db.session.execute(select(both.c.who, func.count()).group_by(both.c.who))
    return {who: {"active_days_60d": count} for who, count in rows}


def reputation_leaving(member_id: int) -> tuple[date, int] | None:
    """The next day, of 60, on which points are too old for twelve months, and how many. One query."""
    first = i18n.local(clock.now()).date() - YEAR
    window = (DaySum.day > first, DaySum.day <= first + ACTIVE_WINDOW)
    row = db.session.execute(
        select(DaySum.day, DaySum.reputation)
        .where(DaySum.member_id == member_id, DaySum.reputation > 0, *window)
        .order_by(DaySum.day)
        .limit(1)
    ).first()
    return (row[0] + YEAR, row[1]) if row else None


def active_day_leaving(member_id: int) -> date | None:
    """The day on which the oldest active day of the window is too old. One query."""
    since = clock.now() - ACTIVE_WINDOW
    oldest = db.session.scalar(
        select(func.min(_post.c.published_at)).where(
            _post.c.author_id == member_id, _post.c.published_at >= since
        )
    )
    return i18n.local(oldest + ACTIVE_WINDOW).date() if oldest else None


def _day(column):
    return cast(column, Date) if on_postgresql() else func.date(column)


def _mandates(ids: list[int]) -> dict[int, Metrics]:
    mandate = aliased(Mandate)
    rows = db.session.execute(
        select(mandate.member_id, mandate.rank, mandate.given_at, mandate.charter_signed_at).where(
            mandate.member_id.in_(ids)
        )
    )
    month = timedelta(days=30.4375)
    return {
        row.member_id: {
            "nominated": row.rank - 4,
            "charter_signed": float(row.charter_signed_at is not None),
            "months_at_r5": (clock.now() - row.given_at) / month,
        }
        for row in rows
    }
