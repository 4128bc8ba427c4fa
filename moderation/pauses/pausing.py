"""The queue asks to slow down after ten long texts at a glance, and suggests a break after 90 minutes.

Each is settled by one conditional update: ten decisions that arrive at once are one pause.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select

from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.i18n import n_
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from moderation.pauses import numbers
from moderation.pauses.models import Pace, Pause
from moderation.pauses.rules import PauseKind, PauseNumbers, is_hasty


def note_decision(actor: Actor, seconds: int | None, length: int) -> None:
    """A moderator decided about a text of this length, inside the open unit of work. Without ``seconds`` nobody knows how
    long it was read (many at once, or opened before it was taken), and it says nothing about haste."""
    if not actor.works_here or actor.member_id is None:
        return
    me, at, rules = Pace.member_id == actor.member_id, clock.now(), numbers.pause_numbers()
    hasty = seconds is not None and is_hasty(seconds, length, rules)
    rested = Pace.last_at < at - timedelta(minutes=rules.idle_minutes)
    noted = update_where(
        Pace, me, last_at=at, streak=Pace.streak + 1 if hasty else Pace.streak if seconds is None else 0,
        working_since=case((rested, at), else_=Pace.working_since), rest_open=case((rested, False), else_=Pace.rest_open),
    )  # fmt: skip
    if not noted:
        insert_once(Pace, member_id=actor.member_id, streak=int(hasty), working_since=at, last_at=at)
    if hasty and rules.in_a_row:
        until = at + timedelta(seconds=rules.wait_seconds)
        _ask(actor, PauseKind.SOFT, me, Pace.streak >= rules.in_a_row, streak=0, paused_until=until)
    if rules.rest_minutes:
        _suggest_rest(actor, at, rules)


def _suggest_rest(actor: Actor, at: datetime, rules: PauseNumbers) -> None:
    long_ago = at - timedelta(minutes=rules.rest_minutes)
    untold = or_(Pace.rest_told_at.is_(None), Pace.rest_told_at <= long_ago)
    tired = (Pace.member_id == actor.member_id, Pace.working_since <= long_ago, untold)
    _ask(actor, PauseKind.REST, *tired, rest_open=True, rest_told_at=at)


def _ask(actor: Actor, kind: PauseKind, *when: object, **values: object) -> None:
    if update_where(Pace, *when, **values):
        db.session.add(Pause(member_id=actor.member_id, kind=kind, begun_at=clock.now()))


def is_paused(actor: Actor) -> bool:
    """Whether a moderator has a pause that they have not ended."""
    paused = select(Pace.member_id).where(Pace.member_id == actor.member_id, Pace.paused_until.is_not(None))
    return db.session.scalar(paused) is not None


def go_on(actor: Actor) -> None:
    """End one's pause. Harmless without one. Raises :class:`Conflict` while its few seconds are not over."""
    at = clock.now()
    with unit_of_work():
        if update_where(Pace, Pace.member_id == actor.member_id, Pace.paused_until <= at, paused_until=None):
            return
        until = db.session.scalar(select(Pace.paused_until).where(Pace.member_id == actor.member_id))
    if until is not None:
        left = max(1, round((until - at).total_seconds()))
        raise Conflict(n_("One more second, please.", "%(count)s more seconds, please.", left))


def put_aside(actor: Actor) -> None:
    """The break that was suggested is put aside: not now. Harmless to repeat."""
    with unit_of_work():
        update_where(Pace, Pace.member_id == actor.member_id, rest_open=False)


def asked_for(since: datetime) -> dict[PauseKind, int]:
    """How many pauses of each kind the team had: nobody is named."""
    rows = db.session.execute(
        select(Pause.kind, func.count()).where(Pause.begun_at >= since).group_by(Pause.kind)
    )
    return {PauseKind(kind): count for kind, count in rows}
