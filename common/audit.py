"""The audit trail: who did what, before and after, append-only, each row carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, affected, append_only, db, insert_once
from common.permissions import Actor

GENESIS = "0" * 64


@append_only
class AuditEntry(Base):
    """One act of staff or of the system."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_role: Mapped[str] = mapped_column(String(24))
    act: Mapped[str] = mapped_column(String(60), index=True)
    target_type: Mapped[str] = mapped_column(String(40))
    target_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("previous_hash"),)


class AuditHead(Base):
    """The hash of the last entry; its row lock puts writers in line."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _digest(previous: str, *parts: Any) -> str:
    return hashlib.sha256("\x1f".join([previous, *(str(part) for part in parts)]).encode()).hexdigest()


def _parts(entry: AuditEntry) -> tuple[Any, ...]:
    return (
        entry.at.isoformat(), entry.actor_id, entry.actor_role, entry.act, entry.target_type, entry.target_id,
        entry.before, entry.after, entry.reason,
    )  # fmt: skip


def write(
    actor: Actor,
    act: str,
    target_type: str,
    target_id: Any,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> None:
    """Add an entry inside the open unit of work. Values are kept as JSON; no secret belongs here."""
    lock = update(AuditHead).where(AuditHead.id == 1).values(id=1)
    if not affected(db.session.execute(lock)):
        insert_once(AuditHead, id=1, hash=GENESIS)  # two first entries at once: the second waits here
        db.session.execute(lock)
    head = db.session.execute(
        select(AuditHead).where(AuditHead.id == 1).execution_options(populate_existing=True)
    ).scalar_one()
    entry = AuditEntry(
        at=clock.now(), actor_id=actor.member_id, actor_role=actor.role, act=act, target_type=target_type,
        target_id=str(target_id), before=_text(before), after=_text(after), reason=reason[:2000],
        previous_hash=head.hash,
    )  # fmt: skip
    entry.hash = _digest(head.hash, *_parts(entry))
    head.hash = entry.hash
    db.session.add(entry)
    db.session.flush()


def verify() -> int | None:
    """Recompute the whole chain. Returns None when it holds, else the id of the first entry that does not."""
    previous = GENESIS
    last_id = 0
    for entry in db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    ):
        if entry.previous_hash != previous or entry.hash != _digest(previous, *_parts(entry)):
            return entry.id
        previous, last_id = entry.hash, entry.id
    head = db.session.get(AuditHead, 1)
    return None if head is None or head.hash == previous else last_id + 1
