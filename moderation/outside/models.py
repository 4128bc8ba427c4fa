"""Tables of what is told outside. Of an event ids alone are kept: texts and names are read when it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.outside.rules import ADDRESS_HIGH, EXCERPT, NAME_HIGH, Kind, State


class Receiver(Base):
    """An outside system that is told. ``cipher`` is what messages to it are signed with, ``old_cipher`` what was until
    lately and is used beside it until ``old_until``. ``paused_at``: it failed for so long that nothing is tried any more."""

    __tablename__ = "outside_receiver"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_HIGH), unique=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_HIGH))
    kinds: Mapped[list[str]] = mapped_column(default=list)
    is_on: Mapped[bool] = mapped_column(default=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    old_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    delivered_at: Mapped[datetime | None]
    failure_count: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class OutsideEvent(Base):
    """Something that happened; its id is its number in the sequence. ``facts`` are ids and states. ``once``: where a fact
    may be told twice, what makes it one event."""

    __tablename__ = "outside_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[Kind] = enum_column(Kind)
    facts: Mapped[dict[str, Any]]
    once: Mapped[str | None] = mapped_column(String(80), unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Delivery(Base):
    """Telling one receiver of one event. ``round`` grows when it is sent again by hand, ``number`` is the attempt that
    comes next in this round."""

    __tablename__ = "outside_delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("outside_receiver.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("outside_event.id"))
    state: Mapped[State] = enum_column(State, default=State.WAITING)
    round: Mapped[int] = mapped_column(default=1)
    number: Mapped[int] = mapped_column(default=1)
    next_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("receiver_id", "event_id"),
        Index("ix_outside_delivery_state", "state", "id"),
        Index("ix_outside_delivery_event", "event_id"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ends_once"),
    )


class Attempt(Base):
    """One try, with what the far end said. ``status`` is empty where nobody answered; ``said`` is the beginning of an
    answer that was no success, without personal data, or why nobody was asked."""

    __tablename__ = "outside_attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("outside_delivery.id"))
    round: Mapped[int]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    status: Mapped[int | None]
    took_ms: Mapped[int] = mapped_column(default=0)
    said: Mapped[str] = mapped_column(String(EXCERPT), default="")
    __table_args__ = (UniqueConstraint("delivery_id", "round", "number"),)
