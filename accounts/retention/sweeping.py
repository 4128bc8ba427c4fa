"""What is short-lived by its own job: sessions, links, drafts and the like, shown beside the rules of retention.

A package says of each such table what it is, how long it is kept and which periodic job takes it (:func:`known_by`); the job
deletes through :func:`sweep`, or says with :func:`swept` what went. There is one row a day and sweep in the runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from accounts.retention.models import RetentionRun
from common import clock, settings
from common.db import affected, db, update_where
from common.i18n import Sentence
from common.unit_of_work import unit_of_work

Kept = timedelta | Callable[[], timedelta]


@dataclass(frozen=True)
class Sweep:
    """One kind of short-lived row. ``kept``: how long after its end or its last use; none: it goes with its end."""

    key: str
    title: Sentence
    job: str
    kept_for: Kept

    @property
    def kept(self) -> timedelta:
        """The time in force."""
        return self.kept_for() if callable(self.kept_for) else self.kept_for


_sweeps: dict[str, Sweep] = {}


def known_by(job: str, *rows: tuple[str, Sentence, Kept]) -> None:
    """Make what a periodic job takes known: key, title, and how long it is kept."""
    for key, title, kept in rows:
        _sweeps[key] = Sweep(key, title, job, kept)


def days_of(setting: str) -> Callable[[], timedelta]:
    """A time that is a setting in days."""
    return lambda: timedelta(days=settings.get(setting))


def sweeps() -> list[Sweep]:
    """All of them, in the order in which they were registered."""
    return list(_sweeps.values())


def sweep(key: str, table: type[Any], *criteria: Any) -> int:
    """Delete rows and write down how many, inside the open unit of work."""
    gone = delete(table).where(*criteria).execution_options(synchronize_session=False)
    return swept(key, affected(db.session.execute(gone)))


def swept(key: str, gone: int) -> int:
    """Write down what a sweep took: the runs of one day are one row. A run that took nothing leaves no row."""
    one = _sweeps[key]
    if gone:
        with unit_of_work():
            now = clock.now()
            today = select(func.max(RetentionRun.id)).where(
                RetentionRun.rule == key,
                RetentionRun.at >= now.replace(hour=0, minute=0, second=0, microsecond=0),
            )
            last = db.session.scalar(today)
            values = {"gone_count": RetentionRun.gone_count + gone, "at": now}
            if last is None or not update_where(RetentionRun, RetentionRun.id == last, **values):
                db.session.add(RetentionRun(rule=key, at=now, days=one.kept.days, gone_count=gone))
    return gone
