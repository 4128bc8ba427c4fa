"""Keep an address sealed, open it for whoever sends the parcel, and let it go in time.

Source: domain/rewards.md §A4.5, invariant 25. An address is in no log, fact, job, mail or audit entry. Whoever calls here has
asked who may, and writes down each look.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from common import clock
from common.db import affected, db, insert_once, update_where
from common.secrecy import Unreadable, seal, unseal
from rewards.addresses.models import AddressOf, SealedAddress

_USES = {AddressOf.GIFT: "fourmi-gift-addresses", AddressOf.TRIAL: "fourmi-trial-addresses"}


def keep(of: AddressOf, about_id: int, member_id: int, text: str, delete_at: datetime | None = None) -> None:
    """Seal an address, in the place of an earlier one. Inside the open unit of work."""
    values = {"cipher": seal(_USES[of], text), "given_at": clock.now(), "delete_at": delete_at}
    if insert_once(SealedAddress, of=of, about_id=about_id, member_id=member_id, **values) is None:
        update_where(SealedAddress, *_these(of, [about_id]), **values)


def opened(of: AddressOf, about_ids: Collection[int]) -> dict[int, str]:
    """The addresses in clear, by what they are for; what was sealed with another secret is left out. One query."""
    s, found = SealedAddress, {}
    rows = db.session.execute(select(s.about_id, s.cipher).where(*_these(of, about_ids)))
    for about_id, cipher in rows:
        try:
            found[about_id] = unseal(_USES[of], cipher)
        except Unreadable:
            continue
    return found


def delete_on(of: AddressOf, about_id: int, at: datetime) -> None:
    """Put down when an address goes."""
    update_where(SealedAddress, *_these(of, [about_id]), delete_at=at)


def due(of: AddressOf, most: int = 500) -> list[int]:
    """What the addresses are for that have to go now."""
    s = SealedAddress
    late = select(s.about_id).where(s.of == of, s.delete_at <= clock.now())
    return list(db.session.scalars(late.order_by(s.delete_at).limit(most)))


def forget(of: AddressOf, about_ids: Collection[int]) -> int:
    """Delete addresses now, inside the open unit of work. Returns how many there were."""
    gone = delete(SealedAddress).where(*_these(of, about_ids))
    return affected(db.session.execute(gone.execution_options(synchronize_session=False)))


def _these(of: AddressOf, about_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return SealedAddress.of == of, SealedAddress.about_id.in_(list(about_ids))
