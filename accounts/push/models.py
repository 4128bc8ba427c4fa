"""The table of devices that receive messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base


class Device(Base):
    """One browser of one member that said yes. ``session_id`` is the session that subscribed: signed out there, the
    device hears nothing more. ``endpoint_key`` is the hash of the address, which is a secret of the device."""

    __tablename__ = "push_device"
    __table_args__ = (Index("ix_push_device_member", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    session_id: Mapped[int]
    endpoint_key: Mapped[str] = mapped_column(String(64), unique=True)
    endpoint: Mapped[str] = mapped_column(String(2000))
    public_key: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(String(40))
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    reached_at: Mapped[datetime | None]
