"""The statement of value: of one member, of everybody for managers, line by line for the accountants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import audit, i18n, settings
from common.db import db
from common.i18n import Sentence
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.promotions.permissions import can_offer
from rewards.worth import sources
from rewards.worth.limiting import span, this_year

MOST_LINES = 500
MOST_MEMBERS = 200
MOST_EXPORTED = 200_000


@dataclass(frozen=True, slots=True)
class WorthLine:
    """Something a member received."""

    at: datetime
    source: Sentence
    title: str
    minor: int
    currency: str
    reference: str
    member_id: int


@dataclass(frozen=True, slots=True)
class Year:
    """One member's year; ``totals`` by currency."""

    year: int
    lines: list[WorthLine]
    totals: dict[str, int]
    years: list[int]


def year_of(member_id: int, year: int) -> Year:
    """What one member received in a civil year. One query."""
    rows = sources.given(*span(year)).subquery()
    found = db.session.execute(
        select(rows).where(rows.c.member_id == member_id).order_by(rows.c.at).limit(MOST_LINES)
    ).all()
    lines = _lines(found)
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.currency] = totals.get(line.currency, 0) + line.minor
    return Year(year, lines, totals, [this_year() - back for back in range(4)])


def _lines(rows: Iterable) -> list[WorthLine]:
    language = i18n.language()
    return [
        WorthLine(
            at=row.at, source=sources.words_of(row.source), title=row.title_en if language == "en" else row.title_fr,
            minor=row.minor, currency=row.currency, reference=row.reference or "", member_id=row.member_id,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receiver:
    """A member with the sum of a year, for managers."""

    card: MemberCard
    minor: int
    currency: str
    over_alert: bool
    over_stop: bool


def receivers(actor: Actor, year: int) -> list[Receiver]:
    """Who received most in a civil year, at most two hundred. Two queries."""
    require(can_offer(actor))
    rows = sources.given(*span(year)).subquery()
    total = func.sum(rows.c.minor).label("total")
    found = db.session.execute(
        select(rows.c.member_id, rows.c.currency, total)
        .group_by(rows.c.member_id, rows.c.currency)
        .order_by(total.desc(), rows.c.member_id)
        .limit(MOST_MEMBERS)
    ).all()
    alert, stop = (100 * settings.get(f"rewards.value_{name}") for name in ("alert", "stop"))
    known = cards(row.member_id for row in found)
    return [
        Receiver(
            known[row.member_id], int(row.total), row.currency, 0 < alert <= row.total, 0 < stop <= row.total
        )
        for row in found
    ]  # fmt: skip


def for_accountants(actor: Actor, year: int) -> list[WorthLine]:
    """Every line of a civil year; that it was read is written down. Two queries."""
    require(can_offer(actor))
    rows = sources.given(*span(year)).subquery()
    query = select(rows).order_by(rows.c.at, rows.c.member_id).limit(MOST_EXPORTED)
    with unit_of_work():
        lines = _lines(db.session.execute(query).all())
        audit.write(actor, "value.exported", "year", year, None, {"lines": len(lines)})
    return lines
