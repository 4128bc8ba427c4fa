"""The work of a go: each item is taken, decided and noted in a transaction of its own, by the verb of a single decision.

Whatever happens in between, beginning again goes on where it stopped: an item is decided with its note or not at all.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.permissions import Actor, require
from common.unit_of_work import is_busy, unit_of_work
from moderation.bulk.models import Bulk, BulkItem
from moderation.bulk.permissions import can_take_back
from moderation.bulk.proposing import Wish, load
from moderation.bulk.rules import PASSED, BulkState, Choice, Outcome, decision_for
from moderation.review import leasing, undoing
from moderation.review.deciding import Verdict, decide, hold_text
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_bulk, can_decide
from moderation.review.rules import ItemState, Reason, Taken
from moderation.review.showing import shown

log = logging.getLogger(__name__)


class _Passed(Exception):
    """An item is left as it was."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def run(bulk_id: int) -> None:
    """Decide what is left of a go. Harmless to repeat, and when two do so at once."""
    bulk = load(bulk_id)
    people = [one for one in (bulk.author_id, bulk.confirmed_by_id) if one is not None]
    wish = Wish(Choice(bulk.choice), Reason(bulk.reason) if bulk.reason else None, bulk.message)
    left = select(BulkItem.id).where(BulkItem.bulk_id == bulk_id, BulkItem.outcome == Outcome.WAITING)
    rows = list(db.session.scalars(left.order_by(BulkItem.id)))
    db.session.rollback()
    for row_id in rows:
        if not _goes_on(bulk_id):
            break
        _settle(people, row_id, wish)
    _finish(bulk_id)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many decisions were undone, for how many it was too late, and how many stay because something came after them."""

    undone: int
    late: int
    moved: int


def take_back(actor: Actor, bulk_id: int) -> TakenBack:
    """Undo what was decided within the last seconds, as single decisions are; what was under way stops."""
    require(can_bulk(actor))
    with unit_of_work():
        require(can_take_back(actor, load(bulk_id)))
        stops = {"state": BulkState.STOPPED, "ended_by_id": actor.member_id, "ended_at": clock.now()}
        update_where(Bulk, Bulk.id == bulk_id, Bulk.state == BulkState.RUNNING, **stops)
    made = select(BulkItem.id, BulkItem.item_id).where(
        BulkItem.bulk_id == bulk_id, BulkItem.outcome == Outcome.DECIDED
    )
    rows = db.session.execute(made.order_by(BulkItem.id.desc())).all()
    db.session.rollback()
    came = Counter(_undo(actor, row.id, row.item_id) for row in rows)
    done = TakenBack(came["undone"], came["late"], came["moved"])
    with unit_of_work():
        audit.write(actor, "review.bulk_undone", "review_bulk", bulk_id, None, {"items": done.undone})
    _count(bulk_id)
    return done


def _undo(actor: Actor, row_id: int, item_id: int) -> str:
    """Undo one decision: undone, too late, moved on, or undone by somebody else at this moment (nothing)."""
    try:
        with unit_of_work():
            decided = (BulkItem.id == row_id, BulkItem.outcome == Outcome.DECIDED)
            if not update_where(BulkItem, *decided, outcome=Outcome.UNDONE):
                return ""
            undoing.undo(actor, item_id)
    except undoing.TooLate:
        return "late"
    except Refusal:
        return "moved"
    return "undone"


def _goes_on(bulk_id: int) -> bool:
    state = db.session.scalar(select(Bulk.state).where(Bulk.id == bulk_id))
    db.session.rollback()
    return state == BulkState.RUNNING


def _settle(people: list[int], row_id: int, wish: Wish) -> None:
    """One item: decided and noted together, or noted as passed over."""
    try:
        with unit_of_work():
            row = db.session.get_one(BulkItem, row_id)
            item_id, stamp = row.item_id, row.stamp
            waits = (BulkItem.id == row_id, BulkItem.outcome == Outcome.WAITING)
            if update_where(BulkItem, *waits, outcome=Outcome.DECIDED):
                _decide(people, item_id, stamp, wish)
        return
    except _Passed as passed:
        outcome = passed.outcome
    except Invalid:
        outcome = Outcome.UNFIT
    except (Conflict, NotFound):
        outcome = Outcome.CHANGED
    except Refusal:
        outcome = Outcome.NOT_YOURS
    except Exception as error:
        db.session.rollback()
        if is_busy(error):
            raise
        log.exception("item %s of a decision about many failed and is passed over", row_id)
        outcome = Outcome.FAILED
    with unit_of_work():
        update_where(BulkItem, BulkItem.id == row_id, BulkItem.outcome == Outcome.WAITING, outcome=outcome)


def _decide(people: list[int], item_id: int, stamp: str, wish: Wish) -> None:
    """The verb of a single decision, with its own lease about the version that was chosen. Who began it and who confirmed
    it must both be free to decide, by their rights of this moment."""
    item = db.session.get_one(ReviewItem, item_id, populate_existing=True)
    if item.state in (ItemState.DECIDED, ItemState.CANCELLED):
        raise _Passed(Outcome.SETTLED)
    actors = [actor_of(db.session.get_one(Member, one), clock.now()) for one in people]
    for one in actors:
        if not can_decide(one, item):
            raise _Passed(Outcome.NOT_YOURS)
    hold_text(item_id)
    lease = leasing.take_among_many(actors[0], item_id)
    if lease is None:
        raise _Passed(Outcome.LEASED)
    item = db.session.get_one(ReviewItem, item_id, populate_existing=True)
    seen = shown(item)
    if seen is None or seen.state in ("withdrawn", "merged"):
        raise _Passed(Outcome.GONE)
    if seen.stamp != stamp:
        raise _Passed(Outcome.CHANGED)
    decision = decision_for(wish.choice, item.seen_as, seen.state)
    reason = wish.reason if wish.choice is Choice.REFUSE else None
    decide(actors[0], item_id, lease.token, stamp, Verdict(decision, reason, wish.message), Taken.AMONG_MANY)


def _finish(bulk_id: int) -> None:
    with unit_of_work():
        waits = select(BulkItem.id).where(BulkItem.bulk_id == bulk_id, BulkItem.outcome == Outcome.WAITING)
        running = (Bulk.id == bulk_id, Bulk.state == BulkState.RUNNING, ~waits.exists())
        update_where(Bulk, *running, state=BulkState.DONE, ended_at=clock.now())
    _count(bulk_id)


def _count(bulk_id: int) -> None:
    """What became of how many, kept with the go."""
    with unit_of_work():
        mine = select(BulkItem.outcome, func.count()).where(BulkItem.bulk_id == bulk_id)
        counts = dict(db.session.execute(mine.group_by(BulkItem.outcome)).all())
        passed = sum(number for outcome, number in counts.items() if outcome in PASSED)
        update_where(
            Bulk, Bulk.id == bulk_id, decided_count=counts.get(Outcome.DECIDED, 0), passed_count=passed
        )
