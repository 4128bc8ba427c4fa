"""What is suspected of a group of like questions, and what people make of it (domain/escalation.md §C4).

One is open for a group at a time. The team hears at once; nobody else ever does: only a person confirms, and only what
is confirmed can be announced.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from moderation.incidents import declaring
from moderation.incidents import notices as told
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident
from moderation.incidents.permissions import can_declare
from moderation.incidents.rules import IncidentState
from moderation.outbreaks import notices
from moderation.outbreaks.models import Suspicion, Watch
from moderation.outbreaks.rules import SuspicionState, Thresholds, may_suspect_again

settings.define(
    "incidents.least_people", 5, unit=_("people"), low=2, high=1_000,
    help=_("So many people with the same trouble in an hour, or in six, are the fewest that raise a suspicion."),
)  # fmt: skip
settings.define(
    "incidents.times_usual", 3.0, unit=_("times"), low=1.5, high=100,
    help=_("How many times what is usual at this hour of the week they must be."),
)  # fmt: skip
settings.define(
    "incidents.watch_hours", 72, unit=_("hours"), low=1, high=336,
    help=_("How long a watch with a lower threshold may last."),
)  # fmt: skip
WATCH_LEAST = (2, 20)
WATCHED_TIMES, WATCHED_CHANCE = 2.0, 0.01


def thresholds(at: datetime) -> Thresholds:
    """The thresholds in force at a moment: those of the settings, or the lower ones of a watch."""
    usual = Thresholds(settings.get("incidents.least_people"), settings.get("incidents.times_usual"))
    watch = watch_of(at)
    if watch is None:
        return usual
    return Thresholds(min(watch.least, usual.least), min(WATCHED_TIMES, usual.times), WATCHED_CHANCE)


def suspect(group_id: int, people: float, usual: float, window: timedelta, at: datetime) -> int | None:
    """Too many people ask the same: one open suspicion of the group, and the team hears. Returns it when it is new."""
    with unit_of_work():
        last = _last_dismissed(group_id)
        if last is not None and not may_suspect_again(people, last.people, last.decided_at or at, at):
            return None
        minutes = int(window.total_seconds() // 60)
        made = insert_once(
            Suspicion, group_id=group_id, open_key=group_id, people=people, usual=usual, minutes=minutes,
            raised_at=clock.now(),
        )  # fmt: skip
        if made is None:
            _still_going(group_id, people)
            return None
        audit.write(SYSTEM, "incident.suspected", "suspicion", made, after=str(people))
        notices.alarm(made, people, minutes)
        return made


def _last_dismissed(group_id: int) -> Suspicion | None:
    mine = (Suspicion.group_id == group_id, Suspicion.state == SuspicionState.DISMISSED)
    return db.session.scalar(select(Suspicion).where(*mine).order_by(Suspicion.id.desc()).limit(1))


def _still_going(group_id: int, people: float) -> None:
    """More of what is known: the number rises; where the incident was said to be over, the team hears that it is not."""
    more = (Suspicion.open_key == group_id, Suspicion.state == SuspicionState.SUSPECTED)
    update_where(Suspicion, *more, Suspicion.people < people, people=people)
    over = db.session.execute(
        select(Incident.id, Incident.cycle)
        .join(Suspicion, Suspicion.incident_id == Incident.id)
        .where(Suspicion.open_key == group_id, Incident.state == IncidentState.RESOLVED)
    ).first()
    if over is not None:
        told.alarm_back(over.id, over.cycle)


def dismiss(actor: Actor, suspicion_id: int) -> bool:
    """It is nothing: the group is left alone for six hours, unless twice as many people report. True when it is news."""
    require(can_declare(actor))
    with unit_of_work():
        if not _decide(actor, suspicion_id, SuspicionState.DISMISSED, open_key=None):
            return False
        audit.write(actor, "incident.dismissed", "suspicion", suspicion_id)
        return True


def confirm(
    actor: Actor, suspicion_id: int, title: Words, words: Words, category_id: int | None, product_id: int | None,
    public: bool = False,
) -> int:  # fmt: skip
    """It is an incident; ``public``: announced at once. Returns the incident. Raises Invalid, Conflict (decided before)."""
    require(can_declare(actor))
    with unit_of_work():
        made = declaring.declare if public else declaring.confirm
        incident_id = made(actor, title, words, category_id, product_id)
        if not _decide(actor, suspicion_id, SuspicionState.CONFIRMED, incident_id=incident_id):
            raise Conflict(_("A colleague has just decided this."))
        return incident_id


def _decide(actor: Actor, suspicion_id: int, state: SuspicionState, **values: object) -> int:
    if db.session.get(Suspicion, suspicion_id) is None:
        raise NotFound()
    waits = (Suspicion.id == suspicion_id, Suspicion.state == SuspicionState.SUSPECTED)
    how = {"decided_at": clock.now(), "decided_by_id": actor.member_id}
    return update_where(Suspicion, *waits, state=state, **how, **values)


def let_go() -> int:
    """Groups whose incident is closed may be suspected again."""
    closed = select(Incident.id).where(Incident.state == IncidentState.CLOSED)
    with unit_of_work():
        return update_where(
            Suspicion, Suspicion.open_key.is_not(None), Suspicion.incident_id.in_(closed), open_key=None
        )


# --- a watch: lower thresholds for a time -------------------------------------------------------------------------


def watch_of(at: datetime | None = None) -> Watch | None:
    """The watch that is kept at a moment."""
    query = select(Watch).where(Watch.until_at > (at or clock.now())).order_by(Watch.id.desc()).limit(1)
    return db.session.scalar(query)


def watch_most() -> int:
    """The longest watch, in hours."""
    return int(settings.get("incidents.watch_hours"))


def begin_watch(actor: Actor, least: int, hours: int) -> None:
    """Trouble is expected: fewer people are enough for some hours. Another watch that is kept ends."""
    require(can_declare(actor))
    faults, most = {}, watch_most()
    if not WATCH_LEAST[0] <= least <= WATCH_LEAST[1]:
        faults["least"] = _(
            "Choose from %(low)s to %(high)s people.", low=WATCH_LEAST[0], high=WATCH_LEAST[1]
        )
    if not 1 <= hours <= most:
        faults["hours"] = _("Choose from 1 to %(high)s hours.", high=most)
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        _end_watches()
        until = clock.now() + timedelta(hours=hours)
        db.session.add(Watch(least=least, begun_at=clock.now(), until_at=until, begun_by_id=actor.member_id))
        audit.write(actor, "incident.watch", "incident", None, None, until.isoformat())


def end_watch(actor: Actor) -> bool:
    """The usual thresholds are in force again. False when they were."""
    require(can_declare(actor))
    with unit_of_work():
        if not _end_watches():
            return False
        audit.write(actor, "incident.watch_ended", "incident", None)
        return True


def _end_watches() -> int:
    return update_where(Watch, Watch.until_at > clock.now(), until_at=clock.now())
