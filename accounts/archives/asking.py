"""Ask for the archive of one's own data, one at a time; and let go of what has ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, or_, select

from accounts.archives import numbers
from accounts.archives.keeping import erase, names
from accounts.archives.models import DataArchive
from accounts.members.permissions import own_id
from common import audit, clock, jobs
from common.db import db, insert_once, update_where
from common.errors import NotFound, TooMany
from common.i18n import n_
from common.permissions import Actor
from common.unit_of_work import after_commit, unit_of_work

JOB = "archive.build"
STUCK = timedelta(days=2)
"""After that an archive that was never finished may be asked for again."""


def ask_for_archive(actor: Actor) -> bool:
    """Have the archive made. False when one is being made already; :class:`TooMany` soon after the last one.

    Silenced and suspended members may as well (domain/moderation.md §B4).
    """
    member_id = own_id(actor)
    now = clock.now()
    free = or_(DataArchive.ready_at.is_not(None), DataArchive.asked_at <= now - STUCK)
    with unit_of_work():
        before = db.session.get(DataArchive, member_id, with_for_update=True)
        if before is not None and before.ready_at is None and before.asked_at > now - STUCK:
            return False
        if before is not None and before.ready_at is not None:
            _wait(before.asked_at + numbers.pause() - now)
        former = before.file_key if before is not None else ""
        begun = insert_once(DataArchive, member_id=member_id, asked_at=now) or update_where(
            DataArchive, DataArchive.member_id == member_id, free,
            asked_at=now, ready_at=None, ends_at=None, file_key="", byte_count=0,
        )  # fmt: skip
        if not begun:
            return False
        after_commit(lambda: erase(former))
        jobs.enqueue(JOB, {"member_id": member_id}, f"{JOB}:{member_id}:{now:%Y%m%d%H%M%S%f}")
        audit.write(actor, "archive.asked", "member", member_id)
    return True


def _wait(left: timedelta) -> None:
    hours = ceil(left.total_seconds() / 3600)
    if left > timedelta(0):
        raise TooMany(
            n_(
                "You had an archive made today. You can ask for the next in %(count)s hour.",
                "You had an archive made today. You can ask for the next in %(count)s hours.",
                hours,
            ),
            int(left.total_seconds()),
        )


def own_archive(actor: Actor) -> DataArchive | None:
    """One's own archive, being made or ready; nobody else's."""
    row = db.session.get(DataArchive, own_id(actor))
    return row if row is None or row.ends_at is None or row.ends_at > clock.now() else None


def finished_archive(actor: Actor) -> DataArchive:
    """One's own archive that can be fetched. Raises :class:`NotFound`."""
    found = own_archive(actor)
    if found is None or found.ready_at is None:
        raise NotFound
    return found


def let_go(member_id: int) -> None:
    """The file goes with the account, once that is safe. Inside the open unit of work."""
    key = db.session.scalar(select(DataArchive.file_key).where(DataArchive.member_id == member_id))
    if key:
        after_commit(lambda: erase(key))


def forget_ended() -> int:
    """Erase archives whose time is over, and files that belong to none; returns how many files went."""
    ended: list[Any] = list(
        db.session.execute(
            select(DataArchive.member_id, DataArchive.file_key).where(DataArchive.ends_at <= clock.now())
        )
    )
    db.session.rollback()
    for row in ended:
        with unit_of_work():
            of_row = (DataArchive.member_id == row.member_id, DataArchive.file_key == row.file_key)
            db.session.execute(delete(DataArchive).where(*of_row))
            after_commit(lambda key=row.file_key: erase(key))
    known = set(db.session.scalars(select(DataArchive.file_key)))
    db.session.rollback()
    lost = [key for key in names(older_than=_an_hour_ago()) if key not in known]
    for key in lost:
        erase(key)
    return len(ended) + len(lost)


def _an_hour_ago() -> datetime:
    return clock.now() - timedelta(hours=1)
