"""Reads of outside connections: the list, the error inbox, the log of one, one delivery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.errors import NotFound
from common.health import Finding, check
from common.lists import Page, keyset, page_of
from moderation.outside import rendering, telling
from moderation.outside.models import Attempt, Delivery, OutsideEvent, Receiver
from moderation.outside.rules import State
from moderation.outside.wording import KINDS, STATES

SIZE = 25
MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class ReceiverLine:
    """A receiver in the list. ``state``: on, off or paused."""

    id: int
    name: str
    host: str
    state: str
    kind_count: int
    delivered_at: datetime | None
    failing_since: datetime | None
    waiting: int
    failed: int


def receivers() -> list[ReceiverLine]:
    """All of them, with how many deliveries wait and failed; a few dozen rows at most."""
    counted = dict[tuple[int, State], int]()
    unsettled = (
        select(Delivery.receiver_id, Delivery.state, func.count())
        .where(Delivery.state != State.DELIVERED)
        .group_by(Delivery.receiver_id, Delivery.state)
    )
    for receiver_id, state, count in db.session.execute(unsettled):
        counted[receiver_id, state] = count
    return [
        ReceiverLine(
            row.id, row.name, host_of(row.address), state_of(row), len(row.kinds), row.delivered_at, row.failing_since,
            counted.get((row.id, State.WAITING), 0), counted.get((row.id, State.FAILED), 0),
        )
        for row in db.session.scalars(select(Receiver).order_by(Receiver.name))
    ]  # fmt: skip


def host_of(address: str) -> str:
    """Of an address what may be shown in a list."""
    return address.partition("://")[2].partition("/")[0].partition("?")[0]


def state_of(row: Receiver) -> str:
    """On, off, or paused because it failed."""
    return "off" if not row.is_on else "paused" if row.paused_at is not None else "on"


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery in a list, with its last attempt."""

    id: int
    receiver_id: int
    receiver: str
    number: int
    kind: str
    at: datetime
    state: State
    word: str
    tone: str
    next_at: datetime | None
    status: int | None
    said: str


def log(receiver_id: int, after: str | None, state: State | None = None) -> Page[DeliveryLine]:
    """What one receiver was told, the newest first."""
    return _lines(after, Delivery.receiver_id == receiver_id, *([Delivery.state == state] if state else []))


def inbox(after: str | None) -> Page[DeliveryLine]:
    """What could not be told to anybody, the newest first."""
    return _lines(after, Delivery.state == State.FAILED)


def _lines(after: str | None, *criteria: Any) -> Page[DeliveryLine]:
    last = (
        select(func.max(Attempt.id)).where(Attempt.delivery_id == Delivery.id).correlate(Delivery).scalar_subquery()
    )  # fmt: skip
    query = (
        select(
            Delivery.id, Delivery.receiver_id, Receiver.name, OutsideEvent.id.label("number"), OutsideEvent.kind,
            OutsideEvent.at, Delivery.state, Delivery.next_at, Attempt.status, Attempt.said,
        )
        .join(Receiver, Receiver.id == Delivery.receiver_id)
        .join(OutsideEvent, OutsideEvent.id == Delivery.event_id)
        .outerjoin(Attempt, Attempt.id == last)
        .where(*criteria)
    )  # fmt: skip
    rows = list(db.session.execute(keyset(query, Delivery.id, Delivery.id, after, SIZE, by_time=False)))
    page = page_of(rows, SIZE, lambda row: (row.id, row.id))
    return Page([_line(row) for row in page.items], page.next)


def _line(row: Any) -> DeliveryLine:
    word, tone = STATES[row.state]
    return DeliveryLine(
        row.id, row.receiver_id, row.name, row.number, str(KINDS[row.kind]), row.at, row.state, str(word), tone,
        row.next_at if row.next_at and row.next_at > clock.now() else None, row.status, row.said or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery: the event, every attempt, and the message as it would be sent now."""

    line: DeliveryLine
    uid: str
    can_send_again: bool
    attempts: list[Attempt]
    body: str


def delivery(delivery_id: int) -> DeliveryView:
    """Raises NotFound."""
    page = _lines(None, Delivery.id == delivery_id)
    if not page.items:
        raise NotFound()
    line = page.items[0]
    event = db.session.get_one(OutsideEvent, line.number)
    tries = select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.id.desc())
    receiver = db.session.get_one(Receiver, line.receiver_id)
    over = line.state != State.WAITING or delivery_id in telling.stuck_ids()
    return DeliveryView(
        line, event.uid, over and state_of(receiver) == "on", list(db.session.scalars(tries.limit(MOST_ATTEMPTS))),
        json.dumps(json.loads(rendering.body_of(event)), ensure_ascii=False, indent=2),
    )  # fmt: skip


def old_secret_until(row: Receiver) -> datetime | None:
    """Until when the secret before the last is used as well."""
    return row.old_until if row.old_until is not None and row.old_until > clock.now() else None


@check("outside connections")
def outside_is_told() -> Finding:
    """Whether a connection was paused because it failed."""
    paused = list(
        db.session.scalars(
            select(Receiver.name).where(Receiver.paused_at.is_not(None)).order_by(Receiver.name)
        )
    )
    detail = f"paused: {', '.join(paused)}" if paused else "none is paused"
    return Finding("outside connections", not paused, detail, "Open /desk/outside." if paused else "")
