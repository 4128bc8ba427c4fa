"""Points by hand: asked for with a reason, booked at once or after a second person agreed (domain/rewards.md §A1.2)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import by_names
from accounts.members.rules import STAFF
from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.adjustments.forms import AdjustmentDraft
from rewards.adjustments.models import Adjustment, AdjustmentState
from rewards.ledger import balances, booking
from rewards.ledger.models import Balance
from rewards.ledger.rules import Amounts
from rewards.tables.permissions import can_change

MOST = 100_000
REASON_MOST = 300
DAY = timedelta(hours=24)

settings.define(
    "rewards.adjust_alone", 200, unit=_("points"), low=0, high=MOST,
    help=_("Most points a manager books by hand for one member in a day without a second manager."), guarded=True,
)  # fmt: skip


def alone() -> int:
    """What one person may book."""
    return int(settings.get("rewards.adjust_alone"))


def new_key() -> str:
    """A key for a form, so that sending it twice books once."""
    return secrets.token_urlsafe(16)


def ask(actor: Actor, draft: AdjustmentDraft) -> bool:
    """Give or take points. True when it is booked, False when a second person has to agree.

    Small amounts by one person for one member add up over a day. The same key is taken once.
    """
    require(can_change(actor))
    member_id, reason = _member(actor, draft), _reason(draft)
    _amounts(draft.amounts)
    with unit_of_work():
        balances.lock([member_id])  # two small ones at once are added up one after the other
        second = max(_size(draft.amounts), _sum_of_day(actor, member_id, draft.amounts)) > alone()
        made = insert_once(
            Adjustment, key=draft.key[:40] or new_key(), member_id=member_id, reputation=draft.amounts.reputation,
            spendable=draft.amounts.spendable, reason=reason, needs_second=second, asked_by_id=actor.member_id,
            asked_at=clock.now(), state=AdjustmentState.ASKED,
        )  # fmt: skip
        if made is None:
            state = db.session.scalar(select(Adjustment.state).where(Adjustment.key == draft.key[:40]))
            return state is AdjustmentState.BOOKED
        if second:
            audit.write(
                actor, "points.asked", "adjustment", made, None, _described(member_id, draft.amounts), reason
            )
            return False
        _book(actor, made)
    return True


def approve(actor: Actor, adjustment_id: int) -> bool:
    """Agree, as another person than the one who asked. Raises Conflict when it was decided meanwhile."""
    require(can_change(actor))
    with unit_of_work():
        asked = _asked(adjustment_id)
        if asked.asked_by_id == actor.member_id:
            raise Conflict(_("A second person has to agree: you asked for this one."))
        if asked.member_id == actor.member_id:
            raise Conflict(_("You cannot decide about your own points."))
        if asked.state is AdjustmentState.BOOKED:
            return False
        _book(actor, adjustment_id)
    return True


def refuse(actor: Actor, adjustment_id: int) -> bool:
    """Nothing is booked: another manager's no, or the asker's own second thought."""
    require(can_change(actor))
    with unit_of_work():
        asked = _asked(adjustment_id)
        if asked.state is AdjustmentState.REFUSED:
            return False
        _decide(actor, adjustment_id, AdjustmentState.REFUSED)
        audit.write(actor, "points.refused", "adjustment", adjustment_id, "asked", "refused", asked.reason)
    return True


def _book(actor: Actor, adjustment_id: int) -> None:
    """Decide first, by a conditional update, then book: two deciders at once book one line."""
    _decide(actor, adjustment_id, AdjustmentState.BOOKED)
    one = db.session.get_one(Adjustment, adjustment_id, populate_existing=True)
    member_id, reason = one.member_id, one.reason
    amounts = Amounts(one.reputation, one.spendable)
    balances.lock([member_id])
    have = db.session.execute(
        select(Balance.reputation, Balance.matured).where(Balance.member_id == member_id)
    ).one()
    pairs = ((have.reputation, amounts.reputation), (have.matured, amounts.spendable))
    if any(points < 0 and there + points < 0 for there, points in pairs):
        words = _(
            "This member has %(rep)s reputation points and %(sp)s to spend: no more can be taken.",
            rep=have.reputation,
            sp=have.matured,
        )
        raise Conflict(words)
    booking.adjust(actor, member_id, amounts, f"by-hand:{adjustment_id}", reason)
    audit.write(
        actor, "points.adjusted", "adjustment", adjustment_id, None, _described(member_id, amounts), reason
    )


def _decide(actor: Actor, adjustment_id: int, state: AdjustmentState) -> None:
    waiting = (Adjustment.id == adjustment_id, Adjustment.state == AdjustmentState.ASKED)
    values = {"state": state, "decided_by_id": actor.member_id, "decided_at": clock.now()}
    if not update_where(Adjustment, *waiting, **values):
        raise Conflict(_("Somebody has decided this already."))


def _asked(adjustment_id: int) -> Adjustment:
    found = db.session.get(Adjustment, adjustment_id)
    if found is None:
        raise NotFound()
    return found


def _member(actor: Actor, draft: AdjustmentDraft) -> int:
    name = draft.member.strip().removeprefix("@")
    member_id = by_names([name]).get(name) if 0 < len(name) <= 100 else None
    if member_id is None:
        raise Invalid(fields={"member": _("There is no member of this name.")})
    role = db.session.scalar(select(Member.role).where(Member.id == member_id))
    if member_id == actor.member_id or role in STAFF:
        raise Invalid(fields={"member": _("The team earns no points.")})
    return member_id


def _reason(draft: AdjustmentDraft) -> str:
    words = " ".join(draft.reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why: the member reads it.")})
    if len(words) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    return words


def _amounts(amounts: Amounts) -> None:
    if not amounts:
        raise Invalid(fields={"reputation": _("Give or take at least one point.")})
    for name, value in (("reputation", amounts.reputation), ("spendable", amounts.spendable)):
        if abs(value) > MOST:
            raise Invalid(fields={name: _("At most %(most)s points at a time.", most=MOST)})


def _size(amounts: Amounts) -> int:
    return max(abs(amounts.reputation), abs(amounts.spendable))


def _sum_of_day(actor: Actor, member_id: int, amounts: Amounts) -> int:
    """What the actor gave or took of one member within a day, this line included: no way round by small steps."""
    a = Adjustment
    mine = (a.asked_by_id == actor.member_id, a.member_id == member_id, a.asked_at > clock.now() - DAY)
    row = db.session.execute(
        select(func.sum(func.abs(a.reputation)), func.sum(func.abs(a.spendable))).where(
            *mine, a.state == AdjustmentState.BOOKED, ~a.needs_second
        )
    ).one()
    return max((row[0] or 0) + abs(amounts.reputation), (row[1] or 0) + abs(amounts.spendable))


def _described(member_id: int, amounts: Amounts) -> dict[str, int]:
    return {"member": member_id, "reputation": amounts.reputation, "spendable": amounts.spendable}
