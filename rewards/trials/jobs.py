"""What time does to trials: applications end, places lapse, reminders, late reports, addresses that go (§A4.5).

Each row has a unit of work of its own, so that a bad one never stops the others; a second run changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, select

from accounts.notifications.telling import tell_many
from accounts.retention.sweeping import swept
from common import clock
from common.db import db
from common.jobs import periodic
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from rewards.trials import campaigns, rules
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.moving import hold, step
from rewards.trials.numbers import reminders, terms
from rewards.trials.rules import IN_HAND, Campaign, Part, PartMove
from rewards.trials.selecting import fill
from rewards.trials.sending import addresses

log = logging.getLogger("fourmi.trials")
A_SWEEP = 2000
a = TrialApplication


@periodic("rewards.trials", every=timedelta(minutes=15))
def sweep() -> None:
    """Everything that is due now."""
    end_applications()
    lapse_places()
    ask_reports()
    fall_due()
    default()
    remind()
    purge_addresses()


def end_applications() -> None:
    """Campaigns whose applications end by the clock."""
    over = select(Trial.id).where(Trial.state == Campaign.OPEN, Trial.ends_at <= clock.now())
    _each(_ids(over), lambda one: campaigns.end_applications(SYSTEM, one))


def lapse_places() -> None:
    """No address within 48 hours: the place goes to the head of the waiting list."""
    late = select(a.id).where(a.state == Part.ADDRESS_PENDING, a.address_due_at <= clock.now())
    _each(_ids(late), _lapse)


def _lapse(application_id: int) -> None:
    with unit_of_work():
        trial_id = _trial_of(application_id)
        hold(trial_id)
        if step(application_id, PartMove.MISS_ADDRESS, SYSTEM):
            fill(trial_id, SYSTEM)
            campaigns.settle(trial_id)


def ask_reports() -> None:
    """A week before the day, what is with a tester becomes a report that is due."""
    soon = select(a.id).where(a.state == Part.DELIVERED, a.due_at <= clock.now() - reminders()[0])
    _each(_ids(soon), lambda one: _plain(one, PartMove.ASK_REPORT))


def fall_due() -> None:
    """A day after the day: no new trial until the report has come."""
    late = select(a.id).where(
        a.state == Part.REPORT_DUE, a.due_at <= clock.now() - terms().overdue, a.excuse_asked_at.is_(None)
    )
    _each(_ids(late), lambda one: _plain(one, PartMove.FALL_DUE))


def default() -> None:
    """Thirty days after the day, without an excuse that waits: it counts as never coming."""
    gone = select(a.id).where(
        a.state == Part.OVERDUE, a.due_at <= clock.now() - terms().default, a.excuse_asked_at.is_(None)
    )
    _each(
        _ids(gone),
        lambda one: _plain(one, PartMove.DEFAULT, of=Part.OVERDUE, defaulted_at=clock.now(), on_time=False),
    )


def _plain(application_id: int, move: PartMove, **values: Any) -> None:
    with unit_of_work():
        trial_id = _trial_of(application_id)
        hold(trial_id)
        if step(application_id, move, SYSTEM, **values):
            campaigns.settle(trial_id)


def remind() -> None:
    """The newest reminder whose day has come, each once for each due date; none while an excuse waits."""
    now, at = clock.now(), reminders()
    near = and_(a.due_at <= now - at[0], a.due_at > now - at[-1] - rules.DAY)
    owed = select(a.member_id, a.trial_id, a.due_at).where(
        a.state.in_(IN_HAND), near, a.excuse_asked_at.is_(None)
    )
    news: dict[tuple[int, str, int], dict[int, dict[str, Any]]] = {}
    for row in db.session.execute(owed.order_by(a.id).limit(A_SWEEP)):
        days = rules.reminder_due(row.due_at, now, at)
        if days is not None:
            group = news.setdefault((row.trial_id, f"{row.due_at:%Y%m%d}", days), {})
            group[row.member_id] = {"trial_id": row.trial_id, "days": days}
    db.session.rollback()
    for (trial_id, day, days), told in news.items():
        with unit_of_work():
            tell_many(told, "trial-reminder", f"trial-report:{trial_id}:{day}:{days}")


def purge_addresses() -> None:
    """Addresses whose day has come, and those of campaigns that were called off."""
    with unit_of_work():
        count = swept("trial-addresses", addresses.forget(addresses.due()))
    if count:
        log.info("trial addresses deleted: %s", count)


def _trial_of(application_id: int) -> int:
    return db.session.scalars(select(a.trial_id).where(a.id == application_id)).one()


def _ids(query: Select[Any]) -> list[int]:
    found = list(db.session.scalars(query.limit(A_SWEEP)))
    db.session.rollback()
    return found


def _each(ids: Iterable[int], act: Callable[[int], object]) -> None:
    for one in ids:
        try:
            act(one)
        except Exception:
            log.exception("trial deadline of row %s", one)
