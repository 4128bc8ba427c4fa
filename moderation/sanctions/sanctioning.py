"""Warn, silence or suspend a member, and take it back. The one writer of ``Member.silenced_until``, ``suspended_until``
and ``has_warning`` (domain/moderation.md §B4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.signin import sessions
from common import audit, clock, jobs, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.freshness import LISTS, REMOVALS, touch
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work
from moderation.events import MemberSilenced, MemberSuspended, SanctionEnded
from moderation.review.rules import Reason, explanation_fault
from moderation.review.wording import EXPLAIN
from moderation.sanctions.models import BannedAddress, Sanction
from moderation.sanctions.permissions import can_sanction
from moderation.sanctions.rules import (
    CLOSING,
    End,
    SanctionKind,
    SanctionState,
    leading_to,
    measure_of,
    sanction_until,
)
from moderation.sanctions.statements import end_statement, state_reasons
from rewards.ledger import repaying
from rewards.promotions.amends import returning

LONGEST_HOURS = 24 * 366
_ENDS = {SanctionState.LIFTED: End.LIFTED, SanctionState.OVERTURNED: End.OVERTURNED}


def silence(actor: Actor, member_id: int, hours: int, reason: Reason, message: str) -> int:
    """A member may not write in public for so many hours. Returns the sanction's id."""
    return _for_hours(actor, member_id, SanctionKind.SILENCE, hours, reason, message)


def suspend(actor: Actor, member_id: int, hours: int, reason: Reason, message: str) -> int:
    """A member may only appeal and download data for so many hours; all sessions end. Returns the sanction's id."""
    return _for_hours(actor, member_id, SanctionKind.SUSPENSION, hours, reason, message)


def _for_hours(
    actor: Actor, member_id: int, kind: SanctionKind, hours: int, reason: Reason, message: str
) -> int:
    words = explained(reason, message)
    if not 1 <= hours <= LONGEST_HOURS:
        raise Invalid(fields={"hours": _("Choose how long it lasts.")})
    with unit_of_work():
        require(can_sanction(actor, locked(member_id)))
        now = clock.now()
        return impose(actor, member_id, kind, sanction_until(now, hours), reason, words)


def explained(reason: Reason, message: str) -> str:
    """The explanation as it is kept. Raises :class:`Invalid` where the reason needs one."""
    words = without_cards(text.normalise(message)).strip()
    if explanation_fault(reason, words):
        raise Invalid(fields={"message": EXPLAIN})
    return words


def impose(
    actor: Actor, member_id: int, kind: SanctionKind, until: datetime, reason: Reason, words: str, *,
    strike_id: int | None = None, begins_at: datetime | None = None, tell_at: datetime | None = None,
) -> int:  # fmt: skip
    """Put a measure in force with its statement, inside the open unit of work. Returns its id."""
    now = clock.now()
    sanction = Sanction(
        member_id=member_id, kind=kind, reason=reason, message=words, begins_at=begins_at or now, ends_at=until,
        actor_id=actor.member_id, strike_id=strike_id,
    )  # fmt: skip
    db.session.add(sanction)
    db.session.flush()
    sanction_id = sanction.id
    put_in_force(actor, sanction_id, tell_at)
    return sanction_id


def put_in_force(actor: Actor, sanction_id: int, tell_at: datetime | None = None) -> None:
    """What a measure does when it begins: statement, dates, sessions, log line, and the letter."""
    sanction = existing(sanction_id)
    member_id, kind, reason, until = (
        sanction.member_id,
        SanctionKind(sanction.kind),
        sanction.reason,
        sanction.ends_at,
    )
    lasts_until = until if kind in (SanctionKind.SILENCE, SanctionKind.SUSPENSION) else None
    statement_id = state_reasons(
        actor, measure_of(kind), reason, cause=f"sanction:{sanction_id}", member_id=member_id, message=sanction.message,
        lasts_until=lasts_until,
    )  # fmt: skip
    update_where(Sanction, Sanction.id == sanction_id, statement_id=statement_id)
    follow(member_id)
    if kind in CLOSING:
        sessions.end_all(member_id)
        record(MemberSuspended(member_id, until))
    elif kind == SanctionKind.SILENCE:
        record(MemberSilenced(member_id, until))
    audit.write(actor, f"member.{kind.value}", "member", member_id, None, until.isoformat(), reason.value)
    jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}", tell_at)


def lift(actor: Actor, sanction_id: int, why: str) -> None:
    """End a sanction before its time, with a reason. Raises :class:`Conflict` when it is over already."""
    words = said(why)
    with unit_of_work():
        require(can_sanction(actor, locked(existing(sanction_id).member_id)))
        end_sanction(actor, sanction_id, SanctionState.LIFTED, words)


def said(why: str) -> str:
    """A few words of reason. Raises :class:`Invalid` without them."""
    words = without_cards(text.normalise(why)).strip()
    if len(words) < 5:
        raise Invalid(fields={"why": _("Say in a few words why.")})
    return words[:300]


def end_sanction(
    actor: Actor, sanction_id: int, how: SanctionState, why: str, statement_end: End | None = None
) -> None:
    """Close a sanction row, its statement and the member's own dates, inside the open unit of work."""
    sanction = existing(sanction_id)
    member_id, kind, statement_id = sanction.member_id, SanctionKind(sanction.kind), sanction.statement_id
    ended_at = min(clock.now(), sanction.ended_at or sanction.ends_at)
    open_to = [Sanction.id == sanction_id, Sanction.state.in_(leading_to(how))]
    if how == SanctionState.LIFTED:
        open_to.append(Sanction.ends_at > clock.now())
    ended = update_where(
        Sanction, *open_to, state=how, ended_at=ended_at, ended_by_id=actor.member_id, end_reason=why[:300]
    )
    if not ended:
        raise Conflict(_("This measure is already over."))
    follow(member_id)
    if kind == SanctionKind.BAN:
        for one in list(
            db.session.scalars(select(BannedAddress).where(BannedAddress.sanction_id == sanction_id))
        ):
            db.session.delete(one)
    if statement_id is not None and (end := statement_end or _ENDS.get(how)):
        end_statement(actor, statement_id, end)
    audit.write(actor, f"member.{how.value}", "member", member_id, kind.value, None, why)
    record(SanctionEnded(member_id, sanction_id))


def overturn(actor: Actor, sanction_id: int, why: str, statement_end: End = End.OVERTURNED) -> None:
    """A measure was wrong: it ends, coupons get back the time it took, and points of its time are paid."""
    sanction = existing(sanction_id)
    member_id, kind, begun = sanction.member_id, SanctionKind(sanction.kind), sanction.begins_at
    end_sanction(actor, sanction_id, SanctionState.OVERTURNED, why, statement_end)
    wrong = (begun, existing(sanction_id).ended_at or clock.now())
    right = _others(member_id, sanction_id)
    if kind in CLOSING:
        closed = [span for other, span in right if other in CLOSING]
        returning.give_time_back(actor, member_id, wrong, closed)
    if kind != SanctionKind.WARNING:
        repaying.pay_withheld(member_id, wrong, [span for _kind, span in right], actor.member_id)


def _others(member_id: int, sanction_id: int) -> list[tuple[SanctionKind, tuple[datetime, datetime]]]:
    """When other measures were rightly in force: what they took stays taken."""
    s = Sanction
    rows = db.session.execute(
        select(s.kind, s.begins_at, s.ended_at, s.ends_at).where(
            s.member_id == member_id, s.id != sanction_id, s.kind != SanctionKind.WARNING,
            s.state.in_((SanctionState.ACTIVE, SanctionState.EXPIRED, SanctionState.LIFTED)),
        )
    )  # fmt: skip
    return [(SanctionKind(row.kind), (row.begins_at, row.ended_at or row.ends_at)) for row in rows]


def expire_due(limit: int = 500) -> int:
    """Measures whose time is over are expired. Their effect had ended by its date already. Returns how many."""
    now, s = clock.now(), Sanction
    due = (s.state == SanctionState.ACTIVE, s.ends_at <= now)
    over = 0
    for sanction_id, member_id in db.session.execute(
        select(s.id, s.member_id).where(*due).limit(limit)
    ).all():
        with unit_of_work():
            if update_where(s, s.id == sanction_id, *due, state=SanctionState.EXPIRED, ended_at=s.ends_at):
                follow(member_id)
                audit.write(SYSTEM, "member.expired", "member", member_id, None, sanction_id)
                record(SanctionEnded(member_id, sanction_id))
                over += 1
    return over


def acknowledge(actor: Actor, sanction_id: int) -> bool:
    """The member says to have read a warning: they may go on. False when that was said before."""
    with unit_of_work():
        sanction = existing(sanction_id)
        if sanction.member_id != actor.person_id or sanction.kind != SanctionKind.WARNING:
            raise NotFound()
        read = update_where(
            Sanction, Sanction.id == sanction_id, Sanction.read_at.is_(None), read_at=clock.now()
        )
        follow(sanction.member_id)
        return bool(read)


def follow(member_id: int) -> None:
    """The member's dates are the latest ends of the sanctions in force; a warning stands until it was read."""
    now = clock.now()
    rows = db.session.execute(
        select(Sanction.kind, Sanction.ends_at, Sanction.read_at).where(
            Sanction.member_id == member_id, Sanction.state == SanctionState.ACTIVE, Sanction.ends_at > now
        )
    ).all()
    silences = [row.ends_at for row in rows if row.kind == SanctionKind.SILENCE]
    closings = [row.ends_at for row in rows if row.kind in CLOSING]
    unread = any(row.kind == SanctionKind.WARNING and row.read_at is None for row in rows)
    before = db.session.scalar(select(Member.suspended_until).where(Member.id == member_id))
    values = {
        "silenced_until": max(silences, default=None), "suspended_until": max(closings, default=None), "has_warning": unread
    }  # fmt: skip
    update_where(Member, Member.id == member_id, **values)
    if before != values["suspended_until"]:
        touch(LISTS, REMOVALS)  # pages that name who knows a topic


def locked(member_id: int) -> Member:
    """The member, their row held, so that two acts about one person come one after the other. Who closed the account and
    may still come back is reached as well."""
    query = select(Member).where(Member.id == member_id, may_enter()).with_for_update()
    member = db.session.scalar(query.execution_options(populate_existing=True))
    if member is None:
        raise NotFound()
    return member


def existing(sanction_id: int) -> Sanction:
    """The sanction as it is now. Raises :class:`NotFound`."""
    sanction = db.session.get(Sanction, sanction_id, populate_existing=True)
    if sanction is None:
        raise NotFound()
    return sanction
