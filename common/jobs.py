"""Work outside the request: rows in the application's own database, claimed under a lease.

A job is written in the same transaction as what causes it and runs at least once, so every handler is
idempotent. A job that keeps failing, or whose workers keep dying, is parked where staff see it. Periodic work is a row per
(name, period), which is done when the work is: what a dying worker left is taken up again while its period lasts.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Index, String, Text, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, affected, db, insert_many, insert_once, on_postgresql, refresh_statistics
from common.unit_of_work import after_commit, in_unit_of_work, unit_of_work

log = logging.getLogger("fourmi.jobs")

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
BATCH = 200
KEEP_DONE = timedelta(days=7)
PERIODIC = "periodic"
LONG_LEASE = timedelta(hours=1)
"""Of periodic work: the long counts of the night hold no other lease meanwhile."""
DIED = "The worker died in it, each time it was begun ({attempts} times): killed, out of memory, or the machine stopped."
FREQUENT = timedelta(minutes=1)
"""Work that comes back as often has its turn between two pieces of a long one."""


class Job(Base):
    """One piece of work. ``payload`` holds ids, never texts or secrets."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    run_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_job_due", "done_at", "parked_at", "run_at"),)


@dataclass(frozen=True)
class Kind:
    """A kind of job: its handler, and whether it takes many payloads at once."""

    name: str
    handler: Callable[[Any], None]
    batch: bool
    lease: timedelta = LEASE


@dataclass(frozen=True)
class Periodic:
    """Work that comes back: at most once per period, whichever worker gets there first."""

    name: str
    every: timedelta
    handler: Callable[[], None]

    def period(self) -> int:
        """The number of the present period."""
        return int(clock.now().timestamp() // self.every.total_seconds())


_kinds: dict[str, Kind] = {}
_periodic: dict[str, Periodic] = {}
_wake = threading.Event()
_giving: ContextVar[dict[str, int] | None] = ContextVar("giving_way", default=None)
"""What a worker knows of the periods that are done: set while it works."""


def job(name: str, batch: bool = False) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register the handler of a kind of job."""

    def register(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        _kinds[name] = Kind(name, handler, batch)
        return handler

    return register


def periodic(name: str, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register work that is done once in every period."""

    def register(handler: Callable[[], None]) -> Callable[[], None]:
        _periodic[name] = Periodic(name, every, handler)
        return handler

    return register


def kinds() -> dict[str, Kind]:
    """All registered kinds."""
    return dict(_kinds)


def periodics() -> dict[str, Periodic]:
    """All registered periodic work."""
    return dict(_periodic)


def enqueue(
    kind: str, payload: dict[str, Any], unique_key: str | None = None, run_at: datetime | None = None
) -> bool:
    """Write a job row inside the open unit of work. False when the unique key is already there."""
    if kind not in _kinds:
        raise LookupError(f"no handler for job '{kind}'")
    written = insert_once(
        Job, kind=kind, payload=payload, unique_key=unique_key, run_at=run_at or clock.now()
    )
    after_commit(wake)
    return written is not None


def enqueue_many(kind: str, work: Iterable[tuple[dict[str, Any], str, datetime]]) -> None:
    """Write many rows at once, as (payload, unique key, when); those whose key is there are left out."""
    if kind not in _kinds:
        raise LookupError(f"no handler for job '{kind}'")
    rows = [{"kind": kind, "payload": payload, "unique_key": key, "run_at": at} for payload, key, at in work]
    insert_many(Job, rows, once=True)
    after_commit(wake)


def cancel(unique_key: str) -> bool:
    """Take back a job that has not begun. True when there was one."""
    begun = or_(Job.lease_until.is_not(None), Job.done_at.is_not(None))
    result = db.session.execute(delete(Job).where(Job.unique_key == unique_key, ~begun))
    return affected(result) > 0


def parked_payloads(kind: str, most: int) -> list[dict[str, Any]]:
    """What parked jobs of a kind were about, the oldest first; so are those whose workers died each time."""
    died = and_(Job.attempts >= MAX_ATTEMPTS, Job.lease_until < clock.now())
    given_up = (Job.done_at.is_(None), or_(Job.parked_at.is_not(None), died), Job.kind == kind)
    return list(db.session.scalars(select(Job.payload).where(*given_up).order_by(Job.id).limit(most)))


def wake() -> None:
    """Tell the worker in this process that there is something to do."""
    _wake.set()


def _waiting() -> Any:
    now = clock.now()
    return and_(
        Job.done_at.is_(None),
        Job.parked_at.is_(None),
        Job.run_at <= now,
        or_(Job.lease_until.is_(None), Job.lease_until < now),
    )


def _claim(owner: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Claim the next job, or a whole batch of its kind, by one conditional update.

    One in which a worker died is claimed alone, so that those beside it are done; in the end it is parked.
    """
    with unit_of_work():
        nearest = select(Job.id, Job.kind, Job.attempts, Job.lease_until).where(_waiting())
        while first := db.session.execute(nearest.order_by(Job.run_at, Job.id).limit(1)).first():
            if first.lease_until is None or first.attempts < MAX_ATTEMPTS:
                break
            _park(first.id, first.attempts)
        if first is None:
            return []
        kind = _kinds.get(first.kind)
        wanted = select(Job.id).where(_waiting(), Job.kind == first.kind).order_by(Job.run_at, Job.id)
        if first.lease_until is not None:
            wanted = wanted.where(Job.id == first.id)
        elif kind and kind.batch:
            wanted = wanted.where(Job.lease_until.is_(None))
        wanted = wanted.limit(BATCH if kind and kind.batch else 1)
        if on_postgresql():
            wanted = wanted.with_for_update(skip_locked=True)
        ids, until = list(db.session.scalars(wanted)), clock.now() + (kind.lease if kind else LEASE)
        claimed = db.session.execute(
            update(Job)
            .where(Job.id.in_(ids), _waiting())
            .values(lease_owner=owner, lease_until=until, attempts=Job.attempts + 1)
            .returning(Job.id, Job.kind, Job.payload)
            .execution_options(synchronize_session=False)
        ).all()
        return sorted((row.id, row.kind, row.payload) for row in claimed)


def _park(job_id: int, attempts: int) -> None:
    log.error("job %s is parked: its workers died", job_id)
    said = DIED.format(attempts=attempts)
    db.session.execute(update(Job).where(Job.id == job_id).values(parked_at=clock.now(), last_error=said))


def _finish(ids: list[int], owner: str) -> None:
    with unit_of_work():
        db.session.execute(
            update(Job)
            .where(Job.id.in_(ids), Job.lease_owner == owner)
            .values(done_at=clock.now(), lease_until=None, last_error=None)
            .execution_options(synchronize_session=False)
        )


def _fail(ids: list[int], error: BaseException) -> None:
    with unit_of_work():
        for row in db.session.scalars(select(Job).where(Job.id.in_(ids))):
            row.last_error = f"{type(error).__name__}: {error}"[:2000]
            row.lease_until = None
            row.run_at = clock.now() + timedelta(seconds=min(3600, 5 * 2**row.attempts))
            if row.attempts >= MAX_ATTEMPTS:
                row.parked_at = clock.now()


def run_one(owner: str) -> bool:
    """Claim and run the next job or batch. False when nothing was waiting."""
    claimed = _claim(owner)
    if not claimed:
        return False
    ids = [job_id for job_id, _, _ in claimed]
    name = claimed[0][1]
    try:
        kind = _kinds[name]
        if kind.batch:
            kind.handler([payload for _, _, payload in claimed])
        else:
            kind.handler(claimed[0][2])
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed", name)
        _fail(ids, error)
    else:
        db.session.rollback()
        _finish(ids, owner)
    return True


def run_due_jobs(limit: int = 10_000) -> int:
    """Run what is due until nothing is left. For tests and the command line; returns how many runs."""
    done = 0
    while done < limit and run_one("direct"):
        done += 1
    return done


def run_due_periodics(known: dict[str, int] | None = None) -> int:
    """Run each periodic work whose period has no row yet; two workers: one of them gets it. Returns how many runs.

    After each, the most frequent are asked again, so that a long count of the night makes no clock wait.
    ``known`` spares a worker the question for a period it has asked for: work → period.
    """
    known, ran, last = {} if known is None else known, 0, ""
    while (due := _next_due(known, last)) is not None:
        ran, last = ran + 1, due[0].name
        _run(*due)
    return ran


def _run(work: Periodic, job_id: int) -> None:
    """Done when it is done: until then its row is under a lease, and whoever finds that over takes it up again."""
    try:
        work.handler()
    except Exception as error:
        db.session.rollback()
        log.exception("periodic work %s failed", work.name)
        _fail([job_id], error)
    else:
        db.session.rollback()
        _finish([job_id], _me())


def take_up(payload: dict[str, Any]) -> None:
    """Periodic work that failed, or in which a worker died, begins anew while its period lasts: afterwards the next does it."""
    work = _periodic.get(payload["name"])
    if work is not None and payload.get("period") == work.period():
        work.handler()


_kinds[PERIODIC] = Kind(PERIODIC, take_up, batch=False, lease=LONG_LEASE)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def give_way() -> None:
    """Between two pieces of a long work that holds no transaction: what comes back every minute has its turn. Only in a
    worker; elsewhere nothing waits for it."""
    known = _giving.get()
    if known is None or in_unit_of_work():
        return
    token = _giving.set(None)  # what has its turn now does not give way in turn
    try:
        while (due := _next_due(known, "", FREQUENT)) is not None:
            _run(*due)
    finally:
        _giving.reset(token)


def _next_due(
    known: dict[str, int], last: str, within: timedelta = timedelta.max
) -> tuple[Periodic, int] | None:
    """The most frequent work that is due and ours; never the same twice running, so that slow work leaves others a turn."""
    frequent = [work for work in _periodic.values() if work.every <= within]
    for work in sorted(frequent, key=lambda one: one.every):
        period = work.period()
        if work.name == last or known.get(work.name) == period:
            continue
        with unit_of_work():
            mine = insert_once(
                Job, kind=PERIODIC, payload={"name": work.name, "period": period}, unique_key=f"periodic:{work.name}:{period}",
                run_at=clock.now(), lease_owner=_me(), lease_until=clock.now() + LONG_LEASE, attempts=1,
            )  # fmt: skip
        known[work.name] = period
        if mine is not None:
            return work, mine
    return None


def purge() -> int:
    """Forget finished jobs after a week, periods after a day; returns how many. Called by the job of retention."""
    with unit_of_work():
        old = and_(Job.done_at.is_not(None), Job.done_at < clock.now() - KEEP_DONE)
        past = and_(Job.kind == PERIODIC, Job.done_at < clock.now() - timedelta(days=1))
        return affected(db.session.execute(delete(Job).where(or_(old, past))))


@periodic("database.statistics", every=timedelta(hours=24))
def look_at_tables() -> None:
    """Once a day, so that the database goes on choosing the right index while the community grows."""
    with unit_of_work():
        refresh_statistics()


def counts() -> dict[str, int]:
    """Waiting, late (due for more than five minutes), failing and parked jobs."""
    live = and_(Job.done_at.is_(None), Job.parked_at.is_(None))
    overdue = Job.run_at < clock.now() - timedelta(minutes=5)
    row = db.session.execute(
        select(
            func.count().filter(live, Job.kind != PERIODIC).label("waiting"),
            func.count().filter(live, Job.kind != PERIODIC, overdue).label("late"),
            func.count().filter(live, Job.attempts > 1).label("failing"),
            func.count().filter(Job.parked_at.is_not(None)).label("parked"),
        )
    ).one()
    return dict(row._mapping)


class Worker:
    """Runs jobs and periodic work until told to stop; one thread inside the server, or `flask worker`."""

    def __init__(self, app: Flask, pause: float = 2.0) -> None:
        self.app, self.pause = app, pause
        self.owner = _me()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until :meth:`stop`. Between two jobs the periodic work has its turn, however many jobs wait."""
        known: dict[str, int] = {}
        _giving.set(known)
        while not self.stopping.is_set():
            try:
                with self.app.app_context():
                    run_due_periodics(known)
                    while not self.stopping.is_set() and run_one(self.owner):
                        run_due_periodics(known)
            except Exception:
                log.exception("the worker stumbled and goes on")
            _wake.wait(self.pause)
            _wake.clear()

    def start(self) -> threading.Thread:
        """Run in a daemon thread of this process."""
        thread = threading.Thread(target=self.run, name="fourmi-worker", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Ask the worker to end after the job in hand."""
        self.stopping.set()
        _wake.set()
