"""One attempt at one receiver: read the event, sign it, send it, write down what was said.

Nothing is locked while the far end thinks. Killed between sending and writing down, the job comes again and sends the
same event id; the attempt is written once. A receiver that fails is left alone for a while, so that others do not wait.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from common import clock, outgoing
from common.db import db, insert_once, update_where
from common.i18n import DEFAULT_LANGUAGE
from common.jobs import job
from common.secrecy import Unreadable, unseal
from common.text import normalise
from common.unit_of_work import unit_of_work
from forum.privacy.guarding import masked
from moderation.outside import notices, numbers, rendering
from moderation.outside.models import Attempt, Delivery, OutsideEvent, Receiver
from moderation.outside.rules import EXCERPT, Outcome, State, header, next_attempt, outcome, rest
from moderation.outside.telling import enqueue

USE = "fourmi-outside"
_AGENT = "Fourmi (outside connections)"
_MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the status, or none, and why; whether it is worth asking again."""

    status: int | None
    said: str
    outcome: Outcome
    took_ms: int = 0


@job("outside.send")
def send(payload: dict[str, Any]) -> None:
    """Make one attempt, unless it was made, or another round has begun."""
    delivery_id, round, number = payload["delivery_id"], payload["round"], payload["number"]
    found = db.session.execute(
        select(Delivery, OutsideEvent, Receiver)
        .join(OutsideEvent, OutsideEvent.id == Delivery.event_id)
        .join(Receiver, Receiver.id == Delivery.receiver_id)
        .where(
            Delivery.id == delivery_id,
            Delivery.round == round,
            Delivery.number == number,
            Delivery.state == State.WAITING,
        )
    ).first()
    if found is None:
        return
    _delivery, event, receiver = found
    receiver_id, now = receiver.id, clock.now()
    if receiver.paused_at is not None or not receiver.is_on:
        with unit_of_work():
            _step((delivery_id, round, number), state=State.FAILED, ended_at=now, next_at=None)
        return
    if receiver.rests_until is not None and receiver.rests_until > now:
        _later(delivery_id, round, number, receiver.rests_until)
        return
    _write_down(delivery_id, receiver_id, round, number, _ask(event, receiver, number))


def _later(delivery_id: int, round: int, number: int, at: Any) -> None:
    """Nobody is asked now: it is no attempt."""
    with unit_of_work():
        if _step((delivery_id, round, number), next_at=at):
            enqueue(delivery_id, round, number, at, again=f":{int(at.timestamp())}")


def _ask(event: OutsideEvent, receiver: Receiver, number: int) -> Answer:
    """Send it. The transaction that read it is over before the far end is asked."""
    try:
        secrets = good_secrets(receiver)
    except Unreadable:
        return Answer(None, "not asked: its secret cannot be read, renew it", Outcome.NEVER)
    body, address, uid = rendering.body_of(event), receiver.address, event.uid
    headers = {
        "Content-Type": "application/json", "User-Agent": _AGENT, "Fourmi-Event": uid,
        "Fourmi-Attempt": str(number), "Fourmi-Signature": header(secrets, clock.now(), body),
    }  # fmt: skip
    db.session.rollback()
    begun = time.monotonic()
    try:
        reply = outgoing.post(address, body, headers, most=_MOST_READ, longest=numbers.longest())
    except outgoing.NotAllowed as error:
        return Answer(None, f"not asked: {error}"[:EXCERPT], Outcome.NEVER)
    except outgoing.Unreachable as error:
        return Answer(None, excerpt(str(error), uid), Outcome.AGAIN, _since(begun))
    result = outcome(reply.status)
    said = "" if result is Outcome.DELIVERED else excerpt(reply.body.decode("utf-8", "replace"), uid)
    return Answer(reply.status, said, result, _since(begun))


def good_secrets(receiver: Receiver) -> list[str]:
    """What messages are signed with now: the secret, and for some time the one before it."""
    secrets = [unseal(USE, receiver.cipher)]
    if (
        receiver.old_cipher is not None
        and receiver.old_until is not None
        and receiver.old_until > clock.now()
    ):
        secrets.append(unseal(USE, receiver.old_cipher))
    return secrets


def excerpt(answer: str, uid: str) -> str:
    """The beginning of an answer on one line, personal data masked; of one that repeats the message nothing is kept, so that
    no text outlives its author's account here."""
    words = " ".join(normalise(answer).split())
    if uid in words:
        return "(the answer repeats the message)"
    return masked(words, DEFAULT_LANGUAGE)[0][:EXCERPT]


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)


def _step(attempt: tuple[int, int, int], **values: Any) -> int:
    """Change a delivery that still stands at this attempt: its id, round and number."""
    delivery_id, round, number = attempt
    stands = (
        Delivery.id == delivery_id, Delivery.round == round, Delivery.number == number, Delivery.state == State.WAITING,
    )  # fmt: skip
    return update_where(Delivery, *stands, **values)


def _write_down(delivery_id: int, receiver_id: int, round: int, number: int, answer: Answer) -> None:
    now = clock.now()
    with unit_of_work():
        following = next_attempt(number, now) if answer.outcome is Outcome.AGAIN else None
        if answer.outcome is Outcome.DELIVERED:
            moved = _step((delivery_id, round, number), state=State.DELIVERED, ended_at=now, next_at=None)
        elif following is None:
            moved = _step((delivery_id, round, number), state=State.FAILED, ended_at=now, next_at=None)
        else:
            moved = _step((delivery_id, round, number), number=number + 1, next_at=following)
        if not moved:
            return
        insert_once(
            Attempt, delivery_id=delivery_id, round=round, number=number, at=now, status=answer.status,
            took_ms=answer.took_ms, said=answer.said,
        )  # fmt: skip
        if following is not None:
            enqueue(delivery_id, round, number + 1, following)
        _note_health(receiver_id, answer.outcome is Outcome.DELIVERED)


def _note_health(receiver_id: int, well: bool) -> None:
    now, this = clock.now(), Receiver.id == receiver_id
    if well:
        update_where(Receiver, this, delivered_at=now, failure_count=0, failing_since=None, rests_until=None)
        return
    update_where(Receiver, this, Receiver.failing_since.is_(None), failing_since=now)
    update_where(Receiver, this, failure_count=Receiver.failure_count + 1)
    row = db.session.execute(select(Receiver.failure_count, Receiver.failing_since).where(this)).one()
    if peace := rest(row.failure_count):
        update_where(Receiver, this, rests_until=now + peace)
    long_ago = Receiver.failing_since <= now - numbers.pause_after()
    if update_where(Receiver, this, long_ago, Receiver.paused_at.is_(None), paused_at=now):
        notices.tell_of_pause(receiver_id)
