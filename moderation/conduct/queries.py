"""Decisions about oneself: what is in force, what was decided and when points are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common import clock
from common.db import db
from common.i18n import Sentence
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from moderation.sanctions import striking
from moderation.sanctions.models import Sanction, Statement, StatementEnd, Strike
from moderation.sanctions.rules import FOREVER, Measure, SanctionKind, SanctionState
from moderation.sanctions.statements import token_of
from moderation.sanctions.wording import CAUSES, MEASURES

SHOWN = 20


@dataclass(frozen=True, slots=True)
class InForce:
    """A measure in force, or a warning to be read, as the notice on every page says it."""

    id: int
    kind: str
    title: Sentence
    message: str
    until: datetime | None
    token: str


def in_force(actor: Actor) -> list[InForce]:
    """What the notice says: the hardest first, one for each kind. One query, asked only for those it concerns."""
    s = Sanction
    rows = db.session.scalars(
        select(s)
        .where(s.member_id == actor.person_id, s.state == SanctionState.ACTIVE, s.ends_at > clock.now())
        .order_by(s.ends_at.desc(), s.id.desc())
    ).all()
    shown: dict[SanctionKind, InForce] = {}
    for one in rows:
        kind = SanctionKind(one.kind)
        if one.statement_id is None or kind in shown or (kind == SanctionKind.WARNING and one.read_at):
            continue
        until = None if one.ends_at >= FOREVER or kind == SanctionKind.WARNING else one.ends_at
        shown[kind] = InForce(
            one.id, kind.value, MEASURES[_MEASURE[kind]], one.message, until, token_of(one.statement_id)
        )
    order = list(reversed(SanctionKind))
    return sorted(shown.values(), key=lambda one: order.index(SanctionKind(one.kind)))


_MEASURE = {
    SanctionKind.WARNING: Measure.WARNED, SanctionKind.SILENCE: Measure.SILENCED,
    SanctionKind.SUSPENSION: Measure.SUSPENDED, SanctionKind.BAN: Measure.BANNED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A decision about oneself, as the list shows it."""

    statement: Statement
    title: Sentence
    token: str
    ended: str


def decisions_about(actor: Actor, after: str | None) -> Page[Told]:
    """Every decision about oneself, the latest first."""
    query = (
        select(Statement, StatementEnd.how)
        .outerjoin(StatementEnd, StatementEnd.statement_id == Statement.id)
        .where(Statement.member_id == actor.person_id)
    )
    rows = list(db.session.execute(keyset(query, Statement.created_at, Statement.id, after, SHOWN)))
    page = page_of(rows, SHOWN, lambda row: (row[0].created_at, row[0].id))
    told = [
        Told(one, MEASURES[one.measure], token_of(one.id), how.value if how else "")
        for one, how in page.items
    ]
    return Page(told, page.next)


@dataclass(frozen=True, slots=True)
class OwnPoints:
    """The strike points that count, each with the day it is forgotten."""

    total: int
    lines: list[tuple[int, Sentence, datetime]]


def own_points(actor: Actor) -> OwnPoints:
    """One's own strike points."""
    person_id, now = actor.person_id or 0, clock.now()
    rows = db.session.scalars(
        select(Strike)
        .where(Strike.member_id == person_id, Strike.ended_at.is_(None), Strike.expires_at > now)
        .order_by(Strike.expires_at)
        .limit(50)
    ).all()
    lines = [(one.points, CAUSES[one.cause], one.expires_at) for one in rows]
    return OwnPoints(striking.active_points([person_id]).get(person_id, 0), lines)
