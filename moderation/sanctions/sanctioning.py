"""Silence or suspend a member, and take it back. The one writer of `Member.silenced_until` and `suspended_until`."""

from __future__ import annotations

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.signin import sessions
from common import audit, clock, jobs, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.freshness import LISTS, REMOVALS, touch
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from moderation.events import MemberSilenced, MemberSuspended, SanctionEnded
from moderation.review.rules import Reason, explanation_fault
from moderation.sanctions.models import Sanction
from moderation.sanctions.permissions import can_sanction
from moderation.sanctions.rules import End, SanctionKind, SanctionState, measure_of, sanction_until
from moderation.sanctions.statements import end_statement, state_reasons

LONGEST_HOURS = 24 * 366


def silence(actor: Actor, member_id: int, hours: int, reason: Reason, message: str) -> int:
    """A member may not write in public for so many hours. Returns the sanction's id."""
    return _impose(actor, member_id, SanctionKind.SILENCE, hours, reason, message)


def suspend(actor: Actor, member_id: int, hours: int, reason: Reason, message: str) -> int:
    """A member may only appeal and download data for so many hours; all sessions end. Returns the sanction's id."""
    return _impose(actor, member_id, SanctionKind.SUSPENSION, hours, reason, message)


def lift(actor: Actor, sanction_id: int, why: str) -> None:
    """End a sanction before its time, with a reason. Raises :class:`Conflict` when it is over already."""
    words = text.normalise(why).strip()
    if len(words) < 5:
        raise Invalid(fields={"why": _("Say in a few words why it ends.")})
    with unit_of_work():
        sanction = _existing(sanction_id)
        require(can_sanction(actor, _member(sanction.member_id)))
        end_sanction(actor, sanction_id, SanctionState.LIFTED, words)


def end_sanction(actor: Actor, sanction_id: int, how: SanctionState, why: str) -> None:
    """Close a sanction row, its statement and the member's own date, inside the open unit of work."""
    sanction = _existing(sanction_id)
    member_id, kind, statement_id = sanction.member_id, SanctionKind(sanction.kind), sanction.statement_id
    now = clock.now()
    ended = update_where(
        Sanction, Sanction.id == sanction_id, Sanction.state == SanctionState.ACTIVE, Sanction.ends_at > now,
        state=how, ended_at=now, ended_by_id=actor.member_id, end_reason=why[:300],
    )  # fmt: skip
    if not ended:
        raise Conflict(_("This measure is already over."))
    _follow(member_id, kind)
    if statement_id is not None:
        end_statement(actor, statement_id, End.LIFTED if how == SanctionState.LIFTED else End.OVERTURNED)
    audit.write(actor, f"member.{how.value}", "member", member_id, kind.value, None, why)
    record(SanctionEnded(member_id, sanction_id))


def _impose(
    actor: Actor, member_id: int, kind: SanctionKind, hours: int, reason: Reason, message: str
) -> int:
    words = text.normalise(message).strip()
    if not 1 <= hours <= LONGEST_HOURS:
        raise Invalid(fields={"hours": _("Choose how long it lasts.")})
    if explanation_fault(reason, words):
        raise Invalid(fields={"message": _("Explain in at least 30 characters: no rule says it for you.")})
    with unit_of_work():
        member = _member(member_id)
        require(can_sanction(actor, member))
        now = clock.now()
        until = sanction_until(now, hours)
        sanction = Sanction(
            member_id=member_id, kind=kind, reason=reason, message=words, begins_at=now, ends_at=until,
            actor_id=actor.member_id,
        )  # fmt: skip
        db.session.add(sanction)
        db.session.flush()
        sanction_id = sanction.id
        sanction.statement_id = statement_id = state_reasons(
            actor, measure_of(kind), reason, cause=f"sanction:{sanction_id}", member_id=member_id, message=words,
            lasts_until=until,
        )  # fmt: skip
        db.session.flush()
        _follow(member_id, kind)
        if kind == SanctionKind.SUSPENSION:
            sessions.end_all(member_id)
            record(MemberSuspended(member_id, until))
        else:
            record(MemberSilenced(member_id, until))
        audit.write(actor, f"member.{kind.value}", "member", member_id, None, until.isoformat(), reason.value)
        jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}")
    return sanction_id


def _follow(member_id: int, kind: SanctionKind) -> None:
    """The member's date is the latest end of the sanctions in force."""
    latest = db.session.scalar(
        select(func.max(Sanction.ends_at)).where(
            Sanction.member_id == member_id, Sanction.kind == kind, Sanction.state == SanctionState.ACTIVE
        )
    )
    column = "silenced_until" if kind == SanctionKind.SILENCE else "suspended_until"
    update_where(Member, Member.id == member_id, **{column: latest})
    if kind == SanctionKind.SUSPENSION:
        touch(LISTS, REMOVALS)  # pages that name who knows a topic


def _member(member_id: int) -> Member:
    query = select(Member).where(Member.id == member_id, Member.closed_at.is_(None)).with_for_update()
    member = db.session.scalar(query.execution_options(populate_existing=True))
    if member is None:
        raise NotFound()
    return member


def _existing(sanction_id: int) -> Sanction:
    sanction = db.session.get(Sanction, sanction_id, populate_existing=True)
    if sanction is None:
        raise NotFound()
    return sanction
