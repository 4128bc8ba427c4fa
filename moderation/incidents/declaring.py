"""What the team says of an incident: it has begun, what is being done, it is over, it is back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from common import audit, clock, freshness, jobs, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from moderation.events import IncidentAnnounced
from moderation.incidents import promising
from moderation.incidents.models import Incident, IncidentUpdate
from moderation.incidents.permissions import can_declare
from moderation.incidents.rules import (
    GOING,
    OPEN,
    TEXT_HIGH,
    TITLE_HIGH,
    TITLE_LOW,
    IncidentState,
    UpdateKind,
    sources_of,
)

OPEN_KEY = "incidents"
"""The content version that every change of an incident raises."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; one of them may be empty."""

    fr: str = ""
    en: str = ""

    @classmethod
    def of(cls, fr: str, en: str) -> Words:
        """As somebody typed them."""
        return cls(*(text.normalise(one).strip() for one in (fr, en)))


def declare(actor: Actor, title: Words, words: Words, category_id: int | None, product_id: int | None) -> int:
    """Tell everybody that something is broken; returns its id. The same title while it is open is the same incident.

    Raises Invalid (title_fr, title_en, text_fr, text_en, about).
    """
    with unit_of_work():
        incident_id = confirm(actor, title, words, category_id, product_id)
        announce(actor, incident_id, words)
        return incident_id


def confirm(actor: Actor, title: Words, words: Words, category_id: int | None, product_id: int | None) -> int:
    """The team knows that something is broken, and tells nobody yet; returns its id. Raises Invalid as ``declare``."""
    require(can_declare(actor))
    _check(_title_problems(title) | _text_problems(words) | _nothing(category_id, product_id))
    with unit_of_work():
        freshness.touch(OPEN_KEY, freshness.LISTS)
        same = (Incident.state.in_(GOING), Incident.title_fr == title.fr, Incident.title_en == title.en)
        known = db.session.scalar(db.select(Incident.id).where(*same))
        if known is not None:
            return known
        incident = Incident(
            title_fr=title.fr, title_en=title.en, category_id=category_id, product_id=product_id,
            state=IncidentState.CONFIRMED, opened_by_id=actor.member_id, opened_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        db.session.add(incident)
        db.session.flush()
        audit.write(actor, "incident.confirmed", "incident", incident.id, after=title.fr)
        return incident.id


def announce(actor: Actor, incident_id: int, words: Words) -> bool:
    """Tell everybody of a confirmed incident. True when it is news."""
    require(can_declare(actor))
    _check(_text_problems(words))
    with unit_of_work():
        if not _move(incident_id, {IncidentState.CONFIRMED}, state=IncidentState.ANNOUNCED):
            return False
        _say(actor, incident_id, UpdateKind.ANNOUNCED, words)
        record(IncidentAnnounced(incident_id))
        audit.write(actor, "incident.announced", "incident", incident_id)
        return True


def drop(actor: Actor, incident_id: int) -> bool:
    """A confirmed incident that was never announced is over: nobody heard of it. True when that is new."""
    require(can_declare(actor))
    with unit_of_work():
        if not _move(incident_id, {IncidentState.CONFIRMED}, state=IncidentState.CLOSED):
            return False
        audit.write(actor, "incident.closed", "incident", incident_id)
        return True


def monitor(actor: Actor, incident_id: int, words: Words) -> bool:
    """It seems repaired, and the team watches whether it is. True when that is new."""
    require(can_declare(actor))
    _check(_text_problems(words))
    with unit_of_work():
        if not _move(incident_id, {IncidentState.ANNOUNCED}, state=IncidentState.MONITORING):
            return False
        _say(actor, incident_id, UpdateKind.NEWS, words)
        audit.write(actor, "incident.monitored", "incident", incident_id)
        return True


def update(actor: Actor, incident_id: int, words: Words) -> None:
    """Say what is being done."""
    require(can_declare(actor))
    _check(_text_problems(words, needed=True))
    with unit_of_work():
        hold(incident_id)
        _say(actor, incident_id, UpdateKind.NEWS, words)
        audit.write(actor, "incident.updated", "incident", incident_id)


def resolve(actor: Actor, incident_id: int, words: Words) -> bool:
    """It is over: every question of it counts as answered, and everybody it concerned is told once. True when new."""
    require(can_declare(actor))
    _check(_text_problems(words))
    with unit_of_work():
        values = {"state": IncidentState.RESOLVED, "resolved_at": clock.now()}
        if not _move(incident_id, sources_of(IncidentState.RESOLVED), **values):
            return False
        _say(actor, incident_id, UpdateKind.RESOLVED, words)
        audit.write(actor, "incident.resolved", "incident", incident_id)
        jobs.enqueue("incidents.end", {"incident_id": incident_id})
        return True


def begin_again(actor: Actor, incident_id: int, words: Words) -> bool:
    """It is back. True when it had been over. What was told of its end stays told; its next end is news again."""
    require(can_declare(actor))
    _check(_text_problems(words))
    with unit_of_work():
        values: dict[str, Any] = {"state": IncidentState.ANNOUNCED, "resolved_at": None}
        if not _move(incident_id, {IncidentState.RESOLVED}, cycle=Incident.cycle + 1, **values):
            return False
        _say(actor, incident_id, UpdateKind.AGAIN, words)
        record(IncidentAnnounced(incident_id))
        audit.write(actor, "incident.again", "incident", incident_id)
        return True


def hold(incident_id: int) -> Incident:
    """An open incident, its row held until the unit of work ends: it cannot be resolved meanwhile. Raises Conflict."""
    if not _move(incident_id, OPEN):
        raise Conflict(_("This incident is over: say first that it is back."))
    return load(incident_id)


def load(incident_id: int) -> Incident:
    """An incident as it stands now. Raises NotFound."""
    incident = db.session.get(Incident, incident_id, populate_existing=True)
    if incident is None:
        raise NotFound()
    return incident


def _move(incident_id: int, sources: Collection[IncidentState], **values: Any) -> bool:
    load(incident_id)
    stands = (Incident.id == incident_id, Incident.state.in_(sources))
    return bool(update_where(Incident, *stands, **(values or {"cycle": Incident.cycle})))


def _say(actor: Actor, incident_id: int, kind: UpdateKind, words: Words) -> None:
    line = IncidentUpdate(
        incident_id=incident_id, kind=kind, text_fr=words.fr, text_en=words.en, at=clock.now(),
        actor_id=actor.member_id,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    update_where(Incident, Incident.id == incident_id, changed_at=line.at)
    promising.spoken(incident_id, kind, line.at)
    freshness.touch(OPEN_KEY, freshness.LISTS)


def _check(problems: dict[str, Sentence]) -> None:
    if problems:
        raise Invalid(fields=problems)


def _title_problems(title: Words) -> dict[str, Sentence]:
    said = _("A title has between %(low)s and %(high)s characters.", low=TITLE_LOW, high=TITLE_HIGH)
    named = {"title_fr": title.fr, "title_en": title.en}
    return {name: said for name, one in named.items() if not TITLE_LOW <= len(one) <= TITLE_HIGH}


def _text_problems(words: Words, needed: bool = False) -> dict[str, Sentence]:
    named = {"text_fr": words.fr, "text_en": words.en}
    if needed and not any(named.values()):
        return {"text_fr": _("Write a few words first.")}
    said = _("Please keep to %(high)s characters.", high=TEXT_HIGH)
    return {name: said for name, one in named.items() if len(one) > TEXT_HIGH}


def _nothing(category_id: int | None, product_id: int | None) -> dict[str, Sentence]:
    if category_id is None and product_id is None:
        return {"category_id": _("Choose the category or the product that is concerned.")}
    return {}
