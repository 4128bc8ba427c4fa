"""The list of one's own devices: add, change, take away. Private unless the member says otherwise."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from common import clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.text import normalise
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.products.marking import mark_texts
from forum.products.models import Device, OwnerProof, Product
from forum.products.permissions import can_keep_devices
from forum.products.rules import MOST_DEVICES, PRIVATE_MAX, is_possible_since, owner_hash


def add_device(actor: Actor, product_id: int) -> bool:
    """Put a product on the member's list. True when that is new. A proof of purchase that waits verifies it."""
    require(can_keep_devices(actor))
    with unit_of_work():
        if db.session.get(Product, product_id) is None:
            raise NotFound()
        mine = select(func.count()).where(Device.member_id == actor.member_id)
        if (db.session.scalar(mine) or 0) >= MOST_DEVICES:
            raise Conflict(_("Your list is full: %(count)s devices at most.", count=MOST_DEVICES))
        owner = _fingerprint(actor.member_id)
        added = insert_once(
            Device, member_id=actor.member_id, product_id=product_id, owner_hash=owner, added_at=clock.now()
        )
        if added is None:
            return False
        update_where(Product, Product.id == product_id, owner_count=Product.owner_count + 1)
        verify_devices(actor.member_id, owner)
        record(events.DeviceAdded(actor.member_id, product_id))
        return True


def change_device(
    actor: Actor, device_id: int, *, model: str = "", serial: str = "", since: str = "", shown: bool = False
) -> None:
    """Write down one's own model, number and date, and whether others may see that one owns it.

    Raises NotFound for somebody else's device, and Invalid (model, serial, since).
    """
    require(can_keep_devices(actor))
    faults = {}
    words = {
        name: " ".join(normalise(typed).split()) for name, typed in (("model", model), ("serial", serial))
    }
    for name, text in words.items():
        if len(text) > PRIVATE_MAX:
            faults[name] = _("Please keep to %(high)s characters.", high=PRIVATE_MAX)
    bought = _day(since)
    if since.strip() and (bought is None or not is_possible_since(bought, clock.now().date())):
        faults["since"] = _("Give a day that is not in the future.")
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        mine = (Device.id == device_id, Device.member_id == actor.member_id)
        if not update_where(
            Device,
            *mine,
            model_name=words["model"],
            serial=words["serial"],
            since=bought,
            shown=shown,
        ):
            raise NotFound()
        freshness.touch(freshness.LISTS)


def remove_device(actor: Actor, device_id: int) -> bool:
    """Take a device off the list, and the mark it gave off one's texts. True when it was there."""
    require(can_keep_devices(actor))
    with unit_of_work():
        mine = (Device.id == device_id, Device.member_id == actor.member_id)
        product_id = db.session.scalar(select(Device.product_id).where(*mine))
        gone = db.session.execute(delete(Device).where(*mine))
        if product_id is None or not gone.rowcount:  # type: ignore[attr-defined]
            return False
        update_where(Product, Product.id == product_id, owner_count=Product.owner_count - 1)
        mark_texts(actor.member_id or 0, product_id, False)
        freshness.touch(freshness.LISTS)
        return True


def verify_devices(member_id: int | None, owner: str | None = None) -> None:
    """Mark the devices of a member for which a proof of purchase is there, inside the open unit of work."""
    owner = _fingerprint(member_id) if owner is None else owner
    if not owner or member_id is None:
        return
    proofs = (
        select(Device.id, Device.product_id, OwnerProof.source)
        .join(OwnerProof, OwnerProof.product_id == Device.product_id)
        .where(Device.member_id == member_id, Device.verified_at.is_(None))
        .where(OwnerProof.owner_hash == owner, OwnerProof.withdrawn_at.is_(None))
    )
    for device_id, product_id, source in db.session.execute(proofs).all():
        mine = (Device.id == device_id, Device.verified_at.is_(None))
        if update_where(Device, *mine, verified_at=clock.now(), verified_by=source):
            mark_texts(member_id, product_id, True)


def know_again(member_id: int) -> None:
    """The member's address is another one now: purchases under that one count from here on."""
    owner = _fingerprint(member_id)
    update_where(Device, Device.member_id == member_id, owner_hash=owner)
    verify_devices(member_id, owner)


def _fingerprint(member_id: int | None) -> str:
    """Of a confirmed address only: nobody else's purchase is claimed by typing an address."""
    query = select(Member.email_key).where(Member.id == member_id, Member.email_verified_at.is_not(None))
    address = db.session.scalar(query)
    return owner_hash(address) if address else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
