"""The table of sealed addresses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column


class AddressOf(StrEnum):
    """What is sent there."""

    GIFT = "gift"
    TRIAL = "trial"


class SealedAddress(Base):
    """Where an order of a gift or the product of a trial goes. ``delete_at`` is when the row goes; nobody knows it yet
    while the parcel is in the house."""

    __tablename__ = "sealed_address"
    of: Mapped[AddressOf] = enum_column(AddressOf, primary_key=True)
    about_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    delete_at: Mapped[datetime | None] = mapped_column(index=True)
