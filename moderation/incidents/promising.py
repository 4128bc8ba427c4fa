"""News about an incident are promised: within so many minutes of the team's last word comes another one, day and night.

The promise is the ladder's ``periodic_update`` (domain/escalation.md §C1.5, §C4): a list of events that
:func:`moderation.escalation.sla_rules.evaluate` reads; a warning and a breach are written once, with their true moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common import clock, settings
from common.db import db, insert_once, update_where
from common.i18n import _
from common.unit_of_work import unit_of_work
from moderation.escalation.rules import COMMUNITY, PRIORITIES, Priority
from moderation.escalation.sla_rules import (
    ALARMS,
    Alarm,
    Event,
    Promise,
    Reading,
    SlaType,
    Standing,
    evaluate,
    last_word,
)
from moderation.incidents import notices
from moderation.incidents.models import Incident, IncidentPromise, IncidentUpdate
from moderation.incidents.rules import OPEN, UpdateKind

settings.define(
    "incidents.update_minutes", 60, unit=_("minutes"), low=5, high=1_440,
    help=_("How long after the last word about an open incident the team is reminded to say something."),
)  # fmt: skip
Instances = Mapping[int, tuple[Promise, list[Event]]]
_AT_ONCE = 200


def of_many(incident_ids: Sequence[int]) -> dict[int, dict[int, tuple[Promise, list[Event]]]]:
    """What was promised about incidents: for each its instances, with their terms and events. One query."""
    found: dict[int, dict[int, tuple[Promise, list[Event]]]] = {one: {} for one in incident_ids}
    rows = db.session.scalars(
        select(IncidentPromise)
        .where(IncidentPromise.incident_id.in_(incident_ids))
        .order_by(IncidentPromise.id)
    )
    for row in rows:
        mine = found[row.incident_id]
        if row.type is SlaType.ACTIVATE and row.minutes:
            mine[row.instance] = (Promise(dict.fromkeys(PRIORITIES, row.minutes), COMMUNITY), [])
        if row.instance in mine:
            mine[row.instance][1].append(Event(row.type, row.at, Priority.NORMAL))
    return found


def spoken(incident_id: int, kind: UpdateKind, at: datetime) -> None:
    """The team has said something: what was promised is there, and unless it is over something is promised again. The
    incident's row is held."""
    known = of_many([incident_id])[incident_id]
    _write_alarms(incident_id, known)
    for number, (_promise, events) in known.items():
        if last_word(events) is SlaType.ACTIVATE:
            _write(incident_id, number, SlaType.FULFIL, at)
    if kind is not UpdateKind.RESOLVED:
        minutes = settings.get("incidents.update_minutes")
        _write(incident_id, max(known, default=0) + 1, SlaType.ACTIVATE, at, minutes)


def _write(incident_id: int, number: int, type: SlaType, at: datetime, minutes: int | None = None) -> bool:
    values = {"incident_id": incident_id, "instance": number, "type": type, "at": at, "minutes": minutes}
    return insert_once(IncidentPromise, **values) is not None


def sound_due() -> int:
    """Write the warnings and breaches that have come; whoever is to speak hears of a warning. Returns how many."""
    open_ids = select(Incident.id).where(Incident.state.in_(OPEN)).order_by(Incident.id).limit(_AT_ONCE)
    ids = list(db.session.scalars(open_ids))
    due = [one for one, known in of_many(ids).items() if any(True for _alarm in _unsounded(known))]
    db.session.rollback()
    return sum(_sound(incident_id) for incident_id in due)


def _sound(incident_id: int) -> int:
    with unit_of_work():
        if not update_where(
            Incident, Incident.id == incident_id, Incident.state.in_(OPEN), cycle=Incident.cycle
        ):
            return 0
        fired = _write_alarms(incident_id, of_many([incident_id])[incident_id])
        if fired and all(alarm.type is SlaType.WARN for alarm in fired):
            incident = db.session.get_one(Incident, incident_id)
            notices.tell_news_due(incident, max(alarm.at for alarm in fired))
        return len(fired)


def _write_alarms(incident_id: int, known: Instances) -> list[Alarm]:
    return [alarm for number, alarm in _unsounded(known) if _write(incident_id, number, alarm.type, alarm.at)]


def _unsounded(known: Instances) -> Iterator[tuple[int, Alarm]]:
    for number, (promise, events) in known.items():
        kept = {event.type for event in events}
        reading = evaluate(promise, events, clock.now())
        yield from ((number, one) for one in (reading.alarms if reading else ()) if one.type not in kept)


def readings(incident_id: int) -> list[Reading]:
    """How each promise about an incident stands, the newest last."""
    known = of_many([incident_id])[incident_id]
    found = (evaluate(promise, events, clock.now()) for _number, (promise, events) in sorted(known.items()))
    return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class Outlook:
    """For the desk: until when the next news are promised, whether that is past, and how many came in time so far."""

    due_at: datetime | None
    is_late: bool
    kept: int
    over: int


def outlook(incident_id: int) -> Outlook | None:
    """The same of one incident; None where nothing was ever promised."""
    found = readings(incident_id)
    if not found:
        return None
    over = [one for one in found if one.standing in (Standing.MET, Standing.MISSED, Standing.BREACHED)]
    kept = sum(one.standing is Standing.MET for one in over)
    return Outlook(found[-1].due_at, found[-1].standing is Standing.BREACHED, kept, len(over))


def faults() -> Iterator[str]:
    """What is written of promises about incidents and does not follow from what was said."""
    told: dict[int, list[datetime]] = {}
    for incident_id, at in db.session.execute(
        select(IncidentUpdate.incident_id, IncidentUpdate.at).order_by(IncidentUpdate.id)
    ):
        told.setdefault(incident_id, []).append(at)
    for incident_id, known in of_many(list(told)).items():
        for number, (promise, events) in known.items():
            reading = evaluate(promise, events, clock.now())
            fired = {(one.type, one.at) for one in reading.alarms} if reading else set()
            if more := [
                event for event in events if event.type in ALARMS and (event.type, event.at) not in fired
            ]:
                yield f"incident {incident_id}, promise {number}: {more[0].type} {more[0].at} does not follow"
            if any(event.at not in told[incident_id] for event in events if event.type not in ALARMS):
                yield f"incident {incident_id}, promise {number}: nothing was said at its moment"
