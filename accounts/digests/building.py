"""Building digests: hour by hour, some hundred members at a time, from where a run was cut.

A part is one transaction and a constant number of statements; it holds its members and what is chosen for them, and
nothing of the parts before. A digest is unique per member and moment, so a part that runs again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from accounts.digests.models import Digest, DigestRun
from accounts.digests.rules import HOUR, due_in, slots_to_build
from accounts.digests.sections import Reader, choose
from accounts.members.models import Member
from accounts.notifications.listening import HOURS, hours_from, zone_here
from accounts.notifications.models import AlertChoice
from accounts.notifications.rules import NIGHT, Rhythm, known_zone
from accounts.notifications.telling import digest_key
from accounts.retention.sweeping import sweep
from common import clock, jobs, mail, settings
from common.db import db, insert_new, insert_once, update_where
from common.i18n import _
from common.unit_of_work import unit_of_work

settings.define(
    "digests.absent_days", 365, unit=_("days"), low=30, high=3_650,
    help=_("Who has not been here for so long gets no more digests."),
)  # fmt: skip

PART = 500
"""Members looked at in one transaction."""
REMEMBERED = timedelta(days=60)
"""What was suggested in this time is not suggested again; older digests are forgotten."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. ``after_id`` is the last member looked at."""

    run_id: int
    after_id: int
    looked: int
    written: int
    finished: bool


def begin_due() -> list[int]:
    """Begin the runs of the coming hour and of those that were missed, and take up what was left lying; returns the
    ids of the new ones. Whoever is second begins none."""
    begun = []
    with unit_of_work():
        _take_up()
        latest = db.session.scalar(select(func.max(DigestRun.slot_at)))
        for slot in slots_to_build(clock.now(), latest):
            run_id = insert_once(DigestRun, slot_at=slot, begun_at=clock.now())
            if run_id is not None:
                jobs.enqueue("digests.part", {"run_id": run_id, "after": 0}, f"digests:{run_id}:0")
                begun.append(run_id)
    return begun


def _take_up() -> None:
    """Runs whose job gave up go on where they stand."""
    left = select(DigestRun.id, DigestRun.after_id).where(
        DigestRun.finished_at.is_(None), DigestRun.begun_at < clock.now() - HOUR
    )
    for run_id, after in db.session.execute(left).all():
        key = f"digests:{run_id}:{after}:{clock.now():%Y%m%d%H}"
        jobs.enqueue("digests.part", {"run_id": run_id, "after": after}, key)


def unfinished_runs() -> list[int]:
    """The runs that have not come to their end, oldest first."""
    query = select(DigestRun.id).where(DigestRun.finished_at.is_(None)).order_by(DigestRun.slot_at)
    return list(db.session.scalars(query))


def build_part(run_id: int, size: int = PART) -> Progress:
    """Look at the next members of a run, write their digests and the letters that bring them."""
    with unit_of_work():
        run = db.session.get_one(DigestRun, run_id, with_for_update=True)
        if run.finished_at is not None:
            return Progress(run.id, run.after_id, run.looked_count, run.written_count, True)
        rows = _members(whose_digest_is_due(run.slot_at), run.after_id, size)
        after_id = rows[-1].id if rows else run.after_id
        written = _write(rows, run.slot_at)
        done = len(rows) < size
        looked_count, written_count = run.looked_count + len(rows), run.written_count + written
        update_where(
            DigestRun,
            DigestRun.id == run_id,
            after_id=after_id,
            looked_count=looked_count,
            written_count=written_count,
            finished_at=clock.now() if done else None,
        )
        return Progress(run_id, after_id, looked_count, written_count, done)


def try_part(criterion: ColumnElement[bool], after_id: int, size: int = PART) -> Progress:
    """The same without writing anything: how many members there are, and how many would get suggestions."""
    rows = _members(criterion, after_id, size)
    chosen = choose(_readers(rows))
    db.session.rollback()
    return Progress(0, rows[-1].id if rows else after_id, len(rows), len(chosen), len(rows) < size)


def _write(rows: Sequence[Any], slot: datetime) -> int:
    chosen = choose(_readers(rows)) if rows else {}
    digests = []
    for row in rows:
        hours = hours_from(row)
        due = due_in(slot, hours.rhythm, hours.zone, hours.night)
        if row.id in chosen and due is not None:
            digests.append(
                {"member_id": row.id, "due_at": due, "chosen": chosen[row.id], "created_at": clock.now()}
            )
    table = Digest.__table__.c
    written = insert_new(Digest, digests, table.member_id, table.due_at)
    mail.queue_many("notification-digest", (_letter(row.member_id, row.due_at) for row in written))
    return len(written)


def _letter(member_id: int, due: datetime) -> tuple[str, datetime, dict[str, Any]]:
    """The letter of a digest. Where news of the same morning has a letter of its own, the first takes both along."""
    key = f"{digest_key(member_id, due)}:suggestions"
    return key, due, {"member_id": member_id, "batch": key}


# --- whose turn it is -------------------------------------------------------------------------------------------


def whose_digest_is_due(slot: datetime) -> ColumnElement[bool]:
    """The criterion on Member and AlertChoice: every combination of zone and night that anybody chose is looked at,
    so that hours in which nobody's morning begins cost one statement."""
    here, rhythm = zone_here(), Rhythm(settings.get("notifications.digest"))
    found: list[ColumnElement[bool]] = []
    if due_in(slot, rhythm, here, NIGHT):
        found.append(AlertChoice.member_id.is_(None))
    columns = (AlertChoice.time_zone, AlertChoice.quiet_from, AlertChoice.quiet_to, AlertChoice.digest)
    for zone, begins, ends, chosen in db.session.execute(select(*columns).distinct()):
        if due_in(slot, Rhythm(chosen), known_zone(zone, here), (begins, ends)):
            same = (
                AlertChoice.time_zone == zone,
                AlertChoice.quiet_from == begins,
                AlertChoice.quiet_to == ends,
            )
            found.append(and_(*same, AlertChoice.digest == chosen))
    return or_(*found) if found else false()


def who_gets_digests() -> ColumnElement[bool]:
    """The criterion of everybody who gets any digest at all."""
    default = Rhythm(settings.get("notifications.digest"))
    wanting = AlertChoice.digest != Rhythm.NEVER
    return wanting if default is Rhythm.NEVER else or_(wanting, AlertChoice.member_id.is_(None))


def _can_be_reached() -> tuple[ColumnElement[bool], ...]:
    """Open accounts with a proven address, not suspended, and not absent for a year."""
    now = clock.now()
    seen = func.coalesce(Member.last_seen_at, Member.joined_at)
    return (
        Member.closed_at.is_(None),
        Member.email.is_not(None),
        Member.email_verified_at.is_not(None),
        or_(Member.suspended_until.is_(None), Member.suspended_until <= now),
        seen >= now - timedelta(days=settings.get("digests.absent_days")),
    )


def count(criterion: ColumnElement[bool]) -> int:
    """How many members a run will look at."""
    query = (
        select(func.count()).select_from(Member).outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
    )
    return db.session.scalar(query.where(criterion, *_can_be_reached())) or 0


def _members(criterion: ColumnElement[bool], after_id: int, size: int) -> Sequence[Any]:
    query = (
        select(Member.id, Member.language, *HOURS)
        .outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
        .where(Member.id > after_id, criterion, *_can_be_reached())
    )
    return db.session.execute(query.order_by(Member.id).limit(size)).all()


def _readers(rows: Iterable[Any]) -> list[Reader]:
    people = {row.id: row.language for row in rows}
    earlier = earlier_of(people)
    return [Reader(member_id, language, earlier.get(member_id, {})) for member_id, language in people.items()]


def earlier_of(member_ids: Iterable[int]) -> dict[int, dict[str, frozenset[int]]]:
    """What the digests of the last weeks suggested to these members."""
    since = clock.now() - REMEMBERED
    query = select(Digest.member_id, Digest.chosen).where(
        Digest.member_id.in_(list(member_ids)), Digest.created_at >= since
    )
    found: dict[int, dict[str, frozenset[int]]] = {}
    for member_id, chosen in db.session.execute(query):
        mine = found.setdefault(member_id, {})
        for key, ids in chosen.items():
            mine[key] = mine.get(key, frozenset()) | frozenset(ids)
    return found


def forget_old() -> None:
    """Drop digests and runs that no longer matter."""
    before = clock.now() - REMEMBERED
    with unit_of_work():
        sweep("digests", Digest, Digest.created_at < before)
        sweep("digest-runs", DigestRun, DigestRun.begun_at < before, DigestRun.finished_at.is_not(None))
