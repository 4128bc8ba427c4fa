"""The audit trail: who did what, before and after, append-only, each row carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, affected, append_only, db, insert_once
from common.permissions import SYSTEM, Actor

GENESIS = "0" * 64
HEAD, BASE = 1, 2
"""Rows of audit_head: the last entry, and the one before the first that is still kept."""
SHORTENED = "audit.shortened"


@append_only(but_for_retention=True)
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
    """The hash of the last entry; its row lock puts writers in line. And that of the last one that was forgotten."""

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


@dataclass(frozen=True, slots=True)
class Trail:
    """What :func:`examine` found. ``broken_at``: the first entry that does not fit; ``fault`` says how."""

    count: int
    head: str
    broken_at: int | None = None
    fault: str = ""


def verify() -> int | None:
    """Recompute the whole chain. Returns None when it holds, else the id of the first entry that does not."""
    return examine().broken_at


def examine(expected: str = "") -> Trail:
    """Recompute the whole chain: what was changed, taken out, put elsewhere or cut off is found.

    ``expected`` is a hash that was written down elsewhere before: the trail must contain it, so that even a trail that
    was made anew as a whole is found.
    """
    base = db.session.get(AuditHead, BASE)
    previous = GENESIS if base is None else base.hash
    seen, count, last_id = expected in ("", previous), 0, 0
    entries = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    with closing(db.session.scalars(entries)) as rows:
        for entry in rows:
            if entry.previous_hash != previous:
                return Trail(count, previous, entry.id, "does not follow the entry before it")
            if entry.hash != _digest(previous, *_parts(entry)):
                return Trail(count, previous, entry.id, "is not what was written")
            previous, last_id, count = entry.hash, entry.id, count + 1
            seen = seen or previous == expected
    head = db.session.get(AuditHead, HEAD)
    if (head is None and count) or (head is not None and head.hash != previous):
        return Trail(count, previous, last_id + 1, "is missing at the end")
    if base is not None and not _shortened_to(base.hash):
        return Trail(count, previous, 1, "is missing at the beginning")
    if not seen:
        return Trail(count, previous, 1, "is not of the trail that was written down")
    return Trail(count, previous)


def _shortened_to(base: str) -> bool:
    """Whether the trail itself says that it begins here."""
    last = select(AuditEntry.after).where(AuditEntry.act == SHORTENED).order_by(AuditEntry.id.desc()).limit(1)
    return base in (db.session.scalar(last) or "")


def shorten(before: datetime, most: int) -> int:
    """Forget the oldest entries, inside the open unit of work that has been let pass the table's guard; returns how many.

    Only a whole beginning goes, so the rest stays a chain; where it begins is written into it.
    """
    ends = select(AuditEntry.id).where(AuditEntry.at >= before).order_by(AuditEntry.id).limit(1)
    first_kept = db.session.scalar(ends)
    old = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id).limit(most)
    rows = db.session.execute(old if first_kept is None else old.where(AuditEntry.id < first_kept)).all()
    if not rows:
        return 0
    last_id, base = rows[-1].id, rows[-1].hash
    gone = delete(AuditEntry).where(AuditEntry.id <= last_id).execution_options(synchronize_session=False)
    db.session.execute(gone)
    if insert_once(AuditHead, id=BASE, hash=base) is None:
        db.session.execute(update(AuditHead).where(AuditHead.id == BASE).values(hash=base))
    write(SYSTEM, SHORTENED, "audit", last_id, None, {"entries": len(rows), "begins_after": base})
    return len(rows)
