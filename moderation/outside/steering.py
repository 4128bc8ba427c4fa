"""What managers do with outside connections: make, change, renew the secret, switch, test, send again, take away."""

from __future__ import annotations

import secrets as randomness
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, or_, select

from common import audit, clock, limits, outgoing, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import seal
from common.unit_of_work import unit_of_work
from moderation.outside import numbers
from moderation.outside.models import Attempt, Delivery, OutsideEvent, Receiver
from moderation.outside.permissions import can_connect
from moderation.outside.rules import ADDRESS_HIGH, MOST_RECEIVERS, NAME_HIGH, NAME_LOW, Kind, State
from moderation.outside.sending import USE
from moderation.outside.telling import enqueue, stuck_ids, tell_these

AGAIN_AT_ONCE = 500
"""How many failed deliveries one click sends again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A receiver as it was typed; ``kinds`` are known ones already (forms)."""

    name: str
    address: str
    kinds: list[str]


def make(actor: Actor, draft: Draft) -> tuple[int, str]:
    """A new receiver: its id, and its secret, which is shown once. Raises Invalid, Conflict."""
    require(can_connect(actor))
    name, secret = _checked(draft), _new_secret()
    with unit_of_work():
        if (db.session.scalar(select(func.count()).select_from(Receiver)) or 0) >= MOST_RECEIVERS:
            raise Conflict(
                _("There are %(most)s connections already: take one away first.", most=MOST_RECEIVERS)
            )
        made = insert_once(
            Receiver, name=name, address=draft.address, kinds=draft.kinds, cipher=seal(USE, secret),
            created_by_id=actor.member_id, created_at=clock.now(), is_on=True,
        )  # fmt: skip
        if made is None:
            raise Invalid(fields={"name": _("There is a connection of this name already.")})
        audit.write(actor, "outside.made", "outside_receiver", made, after=_told(name, draft))
    return made, secret


def change(actor: Actor, receiver_id: int, draft: Draft) -> None:
    """Another name, address or choice of events. What waits goes to the new address."""
    require(can_connect(actor))
    name = _checked(draft)
    with unit_of_work():
        row = load(receiver_id)
        taken = select(Receiver.id).where(Receiver.name == name, Receiver.id != receiver_id)
        if db.session.scalar(taken) is not None:
            raise Invalid(fields={"name": _("There is a connection of this name already.")})
        before = _told(row.name, Draft(row.name, row.address, row.kinds))
        row.name, row.address, row.kinds = name, draft.address, draft.kinds
        audit.write(actor, "outside.changed", "outside_receiver", receiver_id, before, _told(name, draft))


def renew_secret(actor: Actor, receiver_id: int) -> str:
    """A new secret, shown once; the one before is used beside it for a while. Raises NotFound."""
    require(can_connect(actor))
    secret = _new_secret()
    with unit_of_work():
        row = load(receiver_id)
        row.old_cipher, row.old_until = row.cipher, clock.now() + numbers.rotation()
        row.cipher = seal(USE, secret)
        audit.write(actor, "outside.secret_renewed", "outside_receiver", receiver_id)
    return secret


def switch(actor: Actor, receiver_id: int, on: bool) -> bool:
    """Tell it, or tell it no more; on again is a fresh start after a pause. True when that is new."""
    require(can_connect(actor))
    with unit_of_work():
        row = load(receiver_id)
        if row.is_on == on and (not on or row.paused_at is None):
            return False
        row.is_on = on
        if on:
            row.paused_at = row.failing_since = row.rests_until = None
            row.failure_count = 0
        audit.write(actor, "outside.switched", "outside_receiver", receiver_id, after="on" if on else "off")
    return True


def test(actor: Actor, receiver_id: int) -> None:
    """Tell it a test, now, whatever else waits. Raises Conflict while it is off, TooMany."""
    require(can_connect(actor))
    limits.hit("outside-test", receiver_id, "10/minute")
    with unit_of_work():
        row = _running(receiver_id)
        row.rests_until = None
        tell_these([row], Kind.TEST, {})
        audit.write(actor, "outside.tested", "outside_receiver", receiver_id)


def send_again(actor: Actor, delivery_id: int) -> bool:
    """Tell one event again under its own id, in a new round. False where it is on its way, unless its job was parked.
    Raises NotFound, Conflict."""
    require(can_connect(actor))
    with unit_of_work():
        receiver_id = db.session.scalar(select(Delivery.receiver_id).where(Delivery.id == delivery_id))
        if receiver_id is None:
            raise NotFound()
        _running(receiver_id)
        stuck = (State.WAITING,) if delivery_id in stuck_ids() else ()
        again = _again(delivery_id, (State.FAILED, State.DELIVERED, *stuck))
        if again:
            audit.write(actor, "outside.sent_again", "outside_delivery", delivery_id)
    return again


def send_failed_again(actor: Actor, receiver_id: int) -> int:
    """Tell what failed or is stuck again, the oldest first, some hundreds at a time; returns how many. Raises NotFound,
    Conflict."""
    require(can_connect(actor))
    with unit_of_work():
        _running(receiver_id)
        lost = or_(Delivery.state == State.FAILED, Delivery.id.in_(stuck_ids()))
        failed = (Delivery.receiver_id == receiver_id, lost)
        ids = list(
            db.session.scalars(select(Delivery.id).where(*failed).order_by(Delivery.id).limit(AGAIN_AT_ONCE))
        )
        count = sum(_again(one, (State.FAILED, State.WAITING)) for one in ids)
        if count:
            audit.write(
                actor, "outside.sent_again", "outside_receiver", receiver_id, after={"deliveries": count}
            )
    return count


def remove(actor: Actor, receiver_id: int) -> None:
    """Take a connection away, with its log. Raises NotFound."""
    require(can_connect(actor))
    with unit_of_work():
        row = load(receiver_id)
        audit.write(actor, "outside.removed", "outside_receiver", receiver_id, before=row.name)
        forget_deliveries(Delivery.receiver_id == receiver_id)
        _gone(Receiver, Receiver.id == receiver_id)


def forget_deliveries(criterion: Any) -> None:
    """Deliveries go, with their attempts."""
    _gone(Attempt, Attempt.delivery_id.in_(select(Delivery.id).where(criterion)))
    _gone(Delivery, criterion)


def erase_events(ids: list[int]) -> None:
    """Events whose time is over go, with all that was told of them."""
    forget_deliveries(Delivery.event_id.in_(ids))
    _gone(OutsideEvent, OutsideEvent.id.in_(ids))


def load(receiver_id: int) -> Receiver:
    """A receiver as it stands. Raises NotFound."""
    row = db.session.get(Receiver, receiver_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _running(receiver_id: int) -> Receiver:
    row = load(receiver_id)
    if not row.is_on or row.paused_at is not None:
        raise Conflict(_("This connection is off: switch it on first."))
    return row


def _again(delivery_id: int, states: tuple[State, ...]) -> bool:
    now = clock.now()
    moved = update_where(
        Delivery, Delivery.id == delivery_id, Delivery.state.in_(states), state=State.WAITING, round=Delivery.round + 1,
        number=1, next_at=now, ended_at=None,
    )  # fmt: skip
    if moved:
        round = db.session.scalar(select(Delivery.round).where(Delivery.id == delivery_id)) or 1
        enqueue(delivery_id, round, 1, now)
    return bool(moved)


def _checked(draft: Draft) -> str:
    """The name as it is kept. Raises Invalid with a sentence for each field."""
    name = " ".join(text.normalise(draft.name).split())
    wrong: dict[str, Sentence | str] = {}
    if not NAME_LOW <= len(name) <= NAME_HIGH:
        wrong["name"] = _("A name of 3 to 80 letters, to know it again.")
    try:
        outgoing.checked(draft.address)
    except outgoing.NotAllowed:
        wrong["address"] = _("An https address with a name, such as https://crm.example.com/fourmi.")
    if len(draft.address) > ADDRESS_HIGH:
        wrong["address"] = _("Please keep to %(high)s characters.", high=ADDRESS_HIGH)
    if not draft.kinds:
        wrong["kinds"] = _("Tick at least one event.")
    if wrong:
        raise Invalid(fields=wrong)
    return name


def _told(name: str, draft: Draft) -> dict[str, Any]:
    """What the log keeps: of the address its host alone, for some have a secret in their path."""
    return {"name": name, "host": urlsplit(draft.address).hostname, "kinds": draft.kinds}


def _new_secret() -> str:
    return "whs_" + randomness.token_urlsafe(32)


def _gone(table: type[Any], *criteria: Any) -> None:
    db.session.execute(delete(table).where(*criteria).execution_options(synchronize_session=False))
