"""Strike points are given and taken back; the sum of those that count leads to a measure (domain/moderation.md §B4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common import audit, clock, jobs
from common.db import db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.sanctions import banning, numbers
from moderation.sanctions.forms import StrikeDraft
from moderation.sanctions.models import Sanction, Statement, Strike
from moderation.sanctions.permissions import can_sanction
from moderation.sanctions.rules import End, SanctionKind, SanctionState, sanction_until
from moderation.sanctions.sanctioning import explained, impose, locked, overturn, said
from moderation.sanctions.strike_rules import (
    POINTS,
    REASONS,
    Given,
    Ladder,
    Rung,
    StrikeCause,
    expires_at,
    rung_of,
    total_at,
    while_waiting,
)

_HARDER = (SanctionKind.WARNING, SanctionKind.SILENCE, SanctionKind.SUSPENSION, SanctionKind.BAN)


@dataclass(frozen=True, slots=True)
class Struck:
    """A strike, the points that count now, and the measure they led to."""

    strike_id: int
    total: int
    sanction_id: int


def strike(
    actor: Actor, member_id: int, cause: StrikeCause, message: str, key: str, *, post_id: int | None = None,
    statement_id: int | None = None, tell_at: datetime | None = None,
) -> Struck | None:  # fmt: skip
    """Give a member the points of a cause, and the measure their sum leads to. None when this act (``key``) had its strike
    before: nothing more happens."""
    reason = REASONS[cause]
    words = explained(reason, message)
    with unit_of_work():
        require(can_sanction(actor, locked(member_id)))
        now = clock.now()
        strike_id = insert_once(
            Strike, key=key[:60], member_id=member_id, cause=cause, points=POINTS[cause], message=words, post_id=post_id,
            statement_id=statement_id, actor_id=actor.member_id, given_at=now,
            expires_at=expires_at(now, numbers.strike_days()),
        )  # fmt: skip
        if strike_id is None:
            return None
        total = active_points([member_id]).get(member_id, 0)
        audit.write(
            actor,
            "member.strike",
            "member",
            member_id,
            None,
            {"points": POINTS[cause], "total": total},
            cause,
        )
        sanction_id = _follow_ladder(actor, member_id, strike_id, total, words, tell_at)
        return Struck(strike_id, total, sanction_id)


def strike_from_file(actor: Actor, member_id: int, draft: StrikeDraft) -> Struck | None:
    """The same from a member's file. A decision about one of their texts has its points once, whoever gives them; else each
    form once."""
    about = db.session.get(Statement, draft.statement_id) if draft.statement_id else None
    if about is None or about.member_id != member_id:
        return strike(actor, member_id, draft.cause, draft.message, f"form:{draft.nonce}")
    key = f"decision:{about.decision_id}" if about.decision_id else f"form:{draft.nonce}"
    return strike(
        actor, member_id, draft.cause, draft.message, key, post_id=about.post_id, statement_id=about.id
    )


def _follow_ladder(
    actor: Actor, member_id: int, strike_id: int, total: int, words: str, tell_at: datetime | None
) -> int:
    given = db.session.get_one(Strike, strike_id)
    reason, now, ladder = REASONS[given.cause], clock.now(), numbers.ladder()
    rung = rung_of(total, ladder) or Rung(SanctionKind.WARNING)
    if rung.kind == SanctionKind.BAN:
        banning.propose_for(actor, member_id, reason, words, strike_id)
        rung = while_waiting(ladder)
    until = sanction_until(now, rung.hours) if rung.hours else given.expires_at
    return impose(actor, member_id, rung.kind, until, reason, words, strike_id=strike_id, tell_at=tell_at)


def take_back(actor: Actor, strike_id: int, why: str) -> None:
    """A moderator takes points back: what they led to is put right."""
    words = said(why)
    with unit_of_work():
        given = db.session.get(Strike, strike_id, populate_existing=True)
        if given is None:
            raise NotFound()
        require(can_sanction(actor, locked(given.member_id)))
        if not annul(actor, strike_id, words):
            raise Conflict(_("These points have been taken back already."))


def annul(actor: Actor, strike_id: int, why: str, how: End = End.OVERTURNED) -> bool:
    """The same inside the open unit of work: as if the strike had never been given. False when it was done before."""
    ended = update_where(
        Strike, Strike.id == strike_id, Strike.ended_at.is_(None), ended_at=clock.now(), ended_by_id=actor.member_id,
        ended_how=how.value,
    )  # fmt: skip
    if not ended:
        return False
    given = db.session.get_one(Strike, strike_id, populate_existing=True)
    member_id, since = given.member_id, given.given_at
    mine = select(Sanction.id, Sanction.state).where(Sanction.strike_id == strike_id)
    for sanction_id, state in db.session.execute(mine.order_by(Sanction.id)).all():
        if state == SanctionState.PROPOSED:
            banning.drop_for(actor, sanction_id, why)
        elif state in (SanctionState.ACTIVE, SanctionState.EXPIRED, SanctionState.LIFTED):
            overturn(actor, sanction_id, why, how)
    _lessen_later(actor, member_id, since, why)
    audit.write(actor, "member.strike_ended", "member", member_id, given.points, how.value, why)
    return True


def undo(actor: Actor, strike_id: int) -> None:
    """The decision the points came with was undone before anybody was told: so are they, and no letter leaves."""
    letters = select(Sanction.statement_id).where(Sanction.strike_id == strike_id)
    for statement_id in list(db.session.scalars(letters)):
        jobs.cancel(f"sanctions.tell:{statement_id}")
    annul(actor, strike_id, "undone", End.UNDONE)


def of_statement(statement_id: int) -> list[int]:
    """The strikes that came with a decision and were not taken back."""
    mine = (Strike.statement_id == statement_id, Strike.ended_at.is_(None))
    return list(db.session.scalars(select(Strike.id).where(*mine)))


def _lessen_later(actor: Actor, member_id: int, since: datetime, why: str) -> None:
    """Measures that were harder because of points that no longer count become what the ladder says without them."""
    now, ladder, s = clock.now(), numbers.ladder(), Sanction
    known = given_to([member_id]).get(member_id, [])
    live = (s.member_id == member_id, s.strike_id.is_not(None), s.begins_at >= since, s.ends_at > now)
    standing = (SanctionState.ACTIVE, SanctionState.PROPOSED)
    for one in db.session.scalars(select(s).where(*live, s.state.in_(standing)).order_by(s.id)).all():
        rung = rung_of(total_at(known, one.begins_at), ladder)
        if not _too_hard(one, rung, ladder):
            continue
        if one.state == SanctionState.PROPOSED:
            banning.drop_for(actor, one.id, why)
            continue
        if rung is not None and rung.hours and (until := sanction_until(one.begins_at, rung.hours)) > now:
            impose(
                actor, member_id, rung.kind, until, one.reason, one.message, strike_id=one.strike_id,
                begins_at=one.begins_at,
            )  # fmt: skip
        overturn(actor, one.id, why)


def _too_hard(sanction: Sanction, rung: Rung | None, ladder: Ladder) -> bool:
    """Whether a measure is harder than what the points of its time lead to."""
    if rung is None:
        return True
    if rung.kind == SanctionKind.BAN and sanction.kind != SanctionKind.BAN:
        rung = while_waiting(ladder)
    harder = _HARDER.index(SanctionKind(sanction.kind)) - _HARDER.index(rung.kind)
    return harder > 0 or (
        harder == 0 and sanction.ends_at > sanction_until(sanction.begins_at, rung.hours or 10**6)
    )


# --- sums ---------------------------------------------------------------------------------------------------------


def given_to(member_ids: Collection[int]) -> dict[int, list[Given]]:
    """Every strike of these members. One query."""
    rows = db.session.execute(
        select(Strike.member_id, Strike.points, Strike.given_at, Strike.expires_at, Strike.ended_at)
        .where(Strike.member_id.in_(list(member_ids)))
        .order_by(Strike.id)
    )
    found: dict[int, list[Given]] = {}
    for row in rows:
        found.setdefault(row.member_id, []).append(
            Given(row.points, row.given_at, row.expires_at, row.ended_at)
        )
    return found


def active_points(member_ids: Collection[int]) -> dict[int, int]:
    """The points that count now, of those members who have any. One query."""
    now = clock.now()
    return {
        member_id: total
        for member_id, given in given_to(member_ids).items()
        if (total := total_at(given, now))
    }
