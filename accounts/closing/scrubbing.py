"""After an account was closed: what its person wrote is nobody's, and names nobody.

Packages say how their texts are looked through (:func:`look_through`); columns of other texts stand in the plans
(``Plan.scanned``; of what others wrote: ``Plan.named``). Source: domain/moderation.md §B6 (one shared "former member", personal-data scan), invariant 58.
"""

from __future__ import annotations

import email
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import Any

from sqlalchemy import and_, false, inspect, literal, select, true, tuple_, update

from accounts.closing.erasing import Named, registered
from accounts.closing.models import Erasure
from accounts.closing.rules import Marks
from accounts.masks.models import Mask
from accounts.members.models import Member
from common import clock, jobs, mail, settings
from common.db import db, insert_once, on_postgresql, update_where
from common.freshness import LISTS, SITE, touch
from common.i18n import _
from common.secrecy import Unreadable, seal, unseal
from common.unit_of_work import unit_of_work

JOB = "account.scrub"
USE = "fourmi-erasure"
BATCH, WALK = 200, 1000

settings.define(
    "privacy.vote_days", 30, unit=_("days"), low=0, high=365, guarded=True,
    help=_("How long after an account was closed its votes are tied to it; then they are nobody’s, and count on."),
)  # fmt: skip

Step = Callable[[frozenset[int], Marks], None]
Key = tuple[Any, ...]
"""The primary key of a row, whole: some tables have several columns in it."""
_steps: list[Step] = []


def look_through(step: Step) -> None:
    """Let a package look through the texts of somebody who left: called with the ids they wrote under (masks too) and
    what names them; outside a unit of work, twice at least, and harmless each time."""
    if step not in _steps:
        _steps.append(step)


def remember(member_id: int) -> None:
    """Before the person is taken out of the row: what texts may name them by. Inside the open unit of work."""
    row = db.session.execute(select(Member.display_name, Member.email).where(Member.id == member_id)).one()
    masks = list(db.session.scalars(select(Mask.member_id).where(Mask.person_id == member_id)))
    known = {"names": [row.display_name], "emails": [row.email] if row.email else [], "masks": masks}
    insert_once(Erasure, member_id=member_id, begun_at=clock.now(), cipher=seal(USE, json.dumps(known)))
    now = clock.now()
    jobs.enqueue(JOB, {"member_id": member_id}, f"{JOB}:{member_id}", now)
    # Once more for what was being written meanwhile; after that nobody knows any more what to look for.
    jobs.enqueue(
        JOB,
        {"member_id": member_id, "last": True},
        f"{JOB}:{member_id}:last",
        now + timedelta(hours=1, minutes=5),
    )


@jobs.job(JOB)
def scrub(payload: dict[str, Any]) -> None:
    """Look through everything that stays; harmless twice."""
    member_id, last = payload["member_id"], payload.get("last", False)
    found = _known(member_id)
    if found is None:
        return
    ids, marks = found
    _scan_columns(ids, marks)
    _scan_others(ids, marks)
    for step in _steps:
        step(ids, marks)
    _erase_kept_mails(marks)
    if last:
        with unit_of_work():
            update_where(Erasure, Erasure.member_id == member_id, cipher=None, texts_done_at=clock.now())
    _shake_out()


def _known(member_id: int) -> tuple[frozenset[int], Marks] | None:
    cipher = db.session.scalar(select(Erasure.cipher).where(Erasure.member_id == member_id))
    db.session.rollback()
    try:
        known = json.loads(unseal(USE, cipher)) if cipher else None
    except Unreadable:
        known = {"names": [], "emails": [], "masks": []}
    if known is None:
        return None
    return frozenset({member_id, *known["masks"]}), Marks(tuple(known["names"]), tuple(known["emails"]))


def _scan_columns(ids: frozenset[int], marks: Marks) -> None:
    for plan in registered().values():
        for column, texts in plan.scanned.items():
            for rows in _in_batches(column, texts, ids):
                found = {key: marks for key, old in rows if _blanked(old, marks) != old}
                if found:
                    _rewrite(column.class_, texts, found)


def _scan_others(ids: frozenset[int], marks: Marks) -> None:
    """What others wrote: in all of it what can be nobody else, in what speaks of the person their first name as well."""
    narrow = replace(marks, by_others=True)
    for plan in registered().values():
        for named in plan.named:
            for rows in _all_rows(named, ids):
                found = {
                    key: by
                    for key, speaks, old in rows
                    if _blanked(old, by := marks if speaks else narrow) != old
                }
                if found:
                    _rewrite(named.texts[0].class_, named.texts, found, named.follows)
                    with unit_of_work():
                        touch(SITE, LISTS)


def _all_rows(named: Named, ids: frozenset[int]) -> Iterator[list[tuple[Key, bool, dict[str, Any]]]]:
    key, last = inspect(named.texts[0].class_).primary_key, None
    size = len(key)
    about = named.about(ids) if named.about else false()
    while True:
        query = select(*key, about, *named.texts).where(_beyond(key, last)).order_by(*key).limit(WALK)
        rows = db.session.execute(query).all()
        db.session.rollback()
        if rows:
            yield [
                (
                    tuple(row[:size]),
                    bool(row[size]),
                    dict(zip((one.key for one in named.texts), row[size + 1 :], strict=True)),
                )
                for row in rows
            ]
            last = tuple(rows[-1][:size])
        if len(rows) < WALK:
            return


def _in_batches(
    column: Any, texts: tuple[Any, ...], ids: frozenset[int]
) -> Iterator[list[tuple[Key, dict[str, Any]]]]:
    key, last = inspect(column.class_).primary_key, None
    size = len(key)
    while True:
        query = select(*key, *texts).where(column.in_(ids), _beyond(key, last)).order_by(*key).limit(BATCH)
        rows = db.session.execute(query).all()
        db.session.rollback()
        if rows:
            yield [
                (tuple(row[:size]), dict(zip((one.key for one in texts), row[size:], strict=True)))
                for row in rows
            ]
            last = tuple(rows[-1][:size])
        if len(rows) < BATCH:
            return


def _beyond(key: Any, last: Key | None) -> Any:
    """Rows after one, in the order of the key."""
    if last is None:
        return true()
    return tuple_(*key) > tuple_(
        *(literal(value, column.type) for column, value in zip(key, last, strict=True))
    )


def _blanked(values: dict[str, Any], marks: Marks) -> dict[str, Any]:
    return {name: _without(value, marks) for name, value in values.items()}


def _without(value: Any, marks: Marks) -> Any:
    """A text, or the texts of a list or table of such."""
    if isinstance(value, str):
        return marks.blank(value)
    if isinstance(value, list):
        return [_without(one, marks) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, marks) for key, one in value.items()}
    return value


def _rewrite(
    model: type[Any], texts: tuple[Any, ...], found: Mapping[Key, Marks],
    follows: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Blank these rows as they stand now: one that was changed since it was looked at keeps what was written meanwhile."""
    key = inspect(model).primary_key
    rows = select(*key, *texts).where(tuple_(*key).in_(list(found))).order_by(*key).with_for_update()
    with unit_of_work():
        for row in db.session.execute(rows).all():
            this = tuple(row[: len(key)])
            old = dict(zip((one.key for one in texts), row[len(key) :], strict=True))
            new = _blanked(old, found[this])
            if new != old:
                new |= follows(new) if follows else {}
                mine = and_(*(column == value for column, value in zip(key, this, strict=True)))
                change = update(model).where(mine).values(**new)
                db.session.execute(change.execution_options(synchronize_session=False))


def _erase_kept_mails(marks: Marks) -> None:
    """Where no mail server is set, the mails lie in a folder: those to the person go, and those that name them."""
    for path in mail.kept():
        letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        parts = [str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text"]
        said = "\n".join([str(letter["To"] or ""), str(letter["Subject"] or ""), *parts])
        if marks.blank(said) != said:
            path.unlink(missing_ok=True)


def _shake_out() -> None:
    """SQLite: what was overwritten leaves the journal too, as far as nobody reads from it. Best effort."""
    if not on_postgresql():
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
