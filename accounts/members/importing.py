"""Members that come with the history of another forum: many at once, the same ones again change nothing.

They have no address and no password, so nobody can sign in as them. Their names need not be unique; a name
that is drawn like an imported one is still refused at sign-up (:func:`accounts.members.names.is_free`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from accounts.members.models import Member
from accounts.members.rules import BIO_MAX, CITY_MAX, imported_name, slug_of
from common.clock import now
from common.db import db, insert_many
from common.text import normalise
from common.unit_of_work import savepoint, unit_of_work

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A person of another forum. ``key`` is unique for ever and names the source (``beer:123``); ``bio`` and
    ``city`` are plain text."""

    key: str
    name: str
    joined_at: datetime
    seen_at: datetime | None = None
    bio: str = ""
    city: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows."""

    ids: dict[str, int]
    created: int
    updated: int
    unchanged: int


def bring_in(people: Sequence[ImportedMember]) -> Outcome:
    """Write people of another forum; a key that is known is brought up to date, unless the person has
    claimed or left the account since. Joins the open unit of work. Two queries per 500, plus one for changes."""
    rows = {person.key: _row(person) for person in people}
    created = updated = 0
    ids: dict[str, int] = {}
    keys = list(rows)
    with unit_of_work():
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            known = _known(chunk)
            fresh = [rows[key] for key in chunk if key not in known]
            changed = [
                {"id": known[key]["id"], **rows[key]} for key in chunk if _differs(known.get(key), rows[key])
            ]
            insert_many(Member, fresh)
            if changed:
                db.session.execute(update(Member), changed)
            created, updated = created + len(fresh), updated + len(changed)
            ids |= {key: row["id"] for key, row in (known if not fresh else _known(chunk)).items()}
    return Outcome(ids, created, updated, len(keys) - created - updated)


def _row(person: ImportedMember) -> dict:
    name = imported_name(person.name, person.key)
    return {
        "imported_key": person.key,
        "display_name": name,
        "name_key": f"~{person.key}"[:160],
        "slug": slug_of(name),
        "language": person.language,
        "joined_at": person.joined_at,
        "last_seen_at": person.seen_at,
        "bio": normalise(person.bio).strip()[:BIO_MAX],
        "city": " ".join(normalise(person.city).split())[:CITY_MAX],
    }


_KEPT = ("display_name", "slug", "language", "joined_at", "last_seen_at", "bio", "city")


def _known(keys: Sequence[str]) -> dict[str, dict]:
    columns = (
        Member.imported_key,
        Member.id,
        Member.email_key,
        Member.closed_at,
        *(getattr(Member, name) for name in _KEPT),
    )
    found = db.session.execute(select(*columns).where(Member.imported_key.in_(keys)))
    return {row.imported_key: dict(row._mapping) for row in found}


def _differs(known: dict | None, row: dict) -> bool:
    if known is None or known["email_key"] is not None or known["closed_at"] is not None:
        return False
    return any(known[name] != row[name] for name in _KEPT)


def let_go(prefix: str, kept: set[int]) -> int:
    """Let imported members go whose key begins with ``prefix``, who are not among ``kept`` and have not claimed the
    account: deleted, or closed where something here (a line of the ledger) still names them.

    Joins the open unit of work; returns how many went."""
    gone = 0
    with unit_of_work():
        query = select(Member.id).where(
            Member.imported_key.startswith(prefix, autoescape=True),
            Member.email_key.is_(None),
            Member.closed_at.is_(None),
        )
        for member_id in sorted(set(db.session.scalars(query)) - kept):
            try:
                with savepoint():
                    db.session.execute(delete(Member).where(Member.id == member_id))
            except IntegrityError:
                db.session.execute(update(Member).where(Member.id == member_id).values(closed_at=now()))
            gone += 1
    return gone
