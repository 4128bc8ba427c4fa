"""A device says yes to messages, or no more. Only its member can."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, select

from accounts.members.permissions import own_id
from accounts.push.models import Device
from accounts.push.rules import MOST_DEVICES, decoded
from accounts.push.sealing import is_point
from common import clock, limits, outgoing
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

_STRANGE = _("This browser gave an address that we cannot use. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the browser gives: where its push service takes messages, and the two keys to encrypt them."""

    endpoint: str
    public_key: str
    secret: str


def key_of(endpoint: str) -> str:
    """The name of a device's address: what a page may hold of it."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def subscribe(actor: Actor, session_id: int, given: Subscription, agent: str = "") -> int:
    """Let a device hear news. Repeating it changes nothing; where another member used the same browser before, it is
    this member's now. The oldest go beyond twenty. Raises Forbidden, Invalid, TooMany."""
    member_id = own_id(actor)
    _check(given)
    limits.hit("devices.subscribe", member_id, "30/hour")
    key, values = key_of(given.endpoint), {
        "member_id": member_id, "session_id": session_id, "public_key": given.public_key, "secret": given.secret,
        "agent": agent[:200],
    }  # fmt: skip
    with unit_of_work():
        made = insert_once(
            Device, endpoint_key=key, endpoint=given.endpoint, created_at=clock.now(), **values
        )
        if made is None:
            update_where(Device, Device.endpoint_key == key, **values)
        kept = select(Device.id).where(Device.member_id == member_id).order_by(Device.id.desc())
        db.session.execute(
            delete(Device)
            .where(Device.member_id == member_id, Device.id.not_in(kept.limit(MOST_DEVICES)))
            .execution_options(synchronize_session=False)
        )
        return db.session.scalars(select(Device.id).where(Device.endpoint_key == key)).one()


def _check(given: Subscription) -> None:
    try:
        outgoing.checked(given.endpoint)
    except outgoing.NotAllowed:
        raise Invalid(_STRANGE) from None
    point = decoded(given.public_key, 65)
    if point is None or decoded(given.secret, 16) is None or not is_point(point):
        raise Invalid(_STRANGE)


def remove(actor: Actor, device_id: int) -> None:
    """No more messages to a device. Repeating it changes nothing; another member's is :class:`NotFound`."""
    member_id = own_id(actor)
    with unit_of_work():
        owner = db.session.scalar(select(Device.member_id).where(Device.id == device_id))
        if owner is not None and owner != member_id:
            raise NotFound
        forget(device_id)


def forget(device_id: int) -> None:
    """Drop a device that is gone, inside the open unit of work."""
    db.session.execute(delete(Device).where(Device.id == device_id))


def of_member(member_id: int) -> list[Device]:
    """A member's devices, the newest first."""
    return list(
        db.session.scalars(select(Device).where(Device.member_id == member_id).order_by(Device.id.desc()))
    )
