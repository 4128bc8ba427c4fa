"""Proofs of purchase from the brand: a member who owns the product, by these data, is a verified owner.

Only the fingerprint of an address comes in and is kept. A proof waits for its member: who adds the device later,
or takes the address later, is verified then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from common import clock
from common.db import db, insert_once, update_where
from common.unit_of_work import unit_of_work
from forum.catalogue.filling import Report
from forum.catalogue.rules import Fault, OwnerLine
from forum.products.marking import mark_texts
from forum.products.models import Device, OwnerProof, Product
from forum.products.rules import owner_hash

OwnerLines = Sequence[tuple[int, OwnerLine]]


def take_proofs(lines: OwnerLines, report: Report, source: str, dry_run: bool = False) -> None:
    """Take some purchases in, or take them back; the same again changes nothing."""
    with unit_of_work():
        products = _product_ids([line.product for _number, line in lines])
        addresses = _addresses(
            [line.member_id for _number, line in lines if line.member_id and not line.owner]
        )
        for number, line in lines:
            product_id = products.get(line.product)
            owner = line.owner or addresses.get(line.member_id or 0, "")
            if product_id is None:
                report.fault(number, line.product, Fault.PRODUCT)
            elif not owner:
                report.fault(number, line.product, Fault.OWNER)
            elif line.withdrawn:
                _withdraw(product_id, owner, report, dry_run)
            else:
                _prove(product_id, owner, line, source, report, dry_run)


def _prove(product_id: int, owner: str, line: OwnerLine, source: str, report: Report, dry_run: bool) -> None:
    mine = (OwnerProof.product_id == product_id, OwnerProof.owner_hash == owner)
    if dry_run:
        there = db.session.scalar(select(OwnerProof.id).where(*mine, OwnerProof.withdrawn_at.is_(None)))
        report.same += there is not None
        report.added += there is None
        return
    values = {"bought_on": line.bought_on, "source": source[:40], "received_at": clock.now()}
    if insert_once(OwnerProof, product_id=product_id, owner_hash=owner, **values) is not None:
        report.added += 1
    elif update_where(OwnerProof, *mine, OwnerProof.withdrawn_at.is_not(None), withdrawn_at=None, **values):
        report.changed += 1
    else:
        report.same += 1
    _verify(Device.product_id == product_id, Device.owner_hash == owner, source=source)


def _withdraw(product_id: int, owner: str, report: Report, dry_run: bool) -> None:
    mine = (OwnerProof.product_id == product_id, OwnerProof.owner_hash == owner)
    there = OwnerProof.withdrawn_at.is_(None)
    if dry_run:
        report.changed += db.session.scalar(select(OwnerProof.id).where(*mine, there)) is not None
        return
    if not update_where(OwnerProof, *mine, there, withdrawn_at=clock.now()):
        report.same += 1
        return
    report.changed += 1
    verified = (
        Device.product_id == product_id, Device.owner_hash == owner, Device.verified_at.is_not(None),
    )  # fmt: skip
    for device_id, member_id in db.session.execute(
        select(Device.id, Device.member_id).where(*verified)
    ).all():
        update_where(Device, Device.id == device_id, verified_at=None, verified_by="")
        mark_texts(member_id, product_id, False)


def _verify(*which: Any, source: str) -> None:
    found = select(Device.id, Device.member_id, Device.product_id).where(*which, Device.verified_at.is_(None))
    for device_id, member_id, product_id in db.session.execute(found).all():
        now = clock.now()
        if update_where(
            Device,
            Device.id == device_id,
            Device.verified_at.is_(None),
            verified_at=now,
            verified_by=source[:40],
        ):
            mark_texts(member_id, product_id, True)


def _product_ids(keys: list[str]) -> dict[str, int]:
    rows = db.session.execute(select(Product.key, Product.id).where(Product.key.in_(set(keys))))
    return {row.key: row.id for row in rows}


def _addresses(member_ids: list[int | None]) -> dict[int, str]:
    """The fingerprints of members that the brand names by number."""
    rows = db.session.execute(
        select(Member.id, Member.email_key).where(Member.id.in_(set(member_ids)), Member.closed_at.is_(None))
    )
    return {member_id: owner_hash(key) for member_id, key in rows if key}
