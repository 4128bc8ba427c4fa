"""Tables of what the law keeps, and of who was let in to read it.

No column names a member or a text: rows are found again by a keyed hash, and say in clear only when their time began.
Source: domain/moderation.md §B6 (LCEN, decree 2021-1362).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.retention.models import REASON_MAX, HoldKind
from common import clock
from common.db import Base, append_only, enum_column

REFERENCE_MAX = 120


class Nature(StrEnum):
    """What a row about somebody who left says: who they are (five years), or what else the account held (one year)."""

    IDENTITY = "identity"
    ACCOUNT = "account"


class Step(StrEnum):
    """What happened to a request to read."""

    ASKED = "asked"
    SHOWN = "shown"
    GRANTED = "granted"
    REFUSED = "refused"
    FETCHED = "fetched"


class KeptIdentity(Base):
    """What is kept of somebody whose account was erased. ``ended_at``: when they closed it."""

    __tablename__ = "kept_identity"
    id: Mapped[int] = mapped_column(primary_key=True)
    nature: Mapped[Nature] = enum_column(Nature)
    person_key: Mapped[str] = mapped_column(String(64))
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    ended_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("person_key", "nature"),
        Index("ix_kept_identity_ended", "nature", "ended_at"),
    )


class KeptSource(Base):
    """From where a text was sent or changed: the address, sealed with who and what."""

    __tablename__ = "kept_source"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_key: Mapped[str] = mapped_column(String(64), index=True)
    thing_key: Mapped[str] = mapped_column(String(64), index=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class LegalAccess(Base):
    """A request to read. ``cipher`` seals the number of the member or post; it goes when the file can no longer be fetched.
    ``target_key``: its keyed hash, which proves later whom a request was about to who names them, and tells nobody else."""

    __tablename__ = "legal_access"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HoldKind] = enum_column(HoldKind)
    target_key: Mapped[str] = mapped_column(String(64))
    cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    reference: Mapped[str] = mapped_column(String(REFERENCE_MAX))
    authority: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    is_granted: Mapped[bool | None]
    until_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (
        UniqueConstraint("target_key", "reference"),
        Index("ix_legal_access_asked", "asked_at", "id"),
    )


@append_only(but_for_retention=True)
class LegalAccessEntry(Base):
    """The log: one line for each step of a request, and for each time its file was fetched."""

    __tablename__ = "legal_access_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("legal_access.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    step: Mapped[Step] = enum_column(Step)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    note: Mapped[str] = mapped_column(String(REASON_MAX), default="")
