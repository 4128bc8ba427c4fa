"""Products on their way: handed over, delivered, lost; told by staff, by a file of the carrier, or by its signed messages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from common import audit, clock
from common.db import db
from common.errors import Forbidden, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from rewards.shop.rules import signer
from rewards.trials.campaigns import settle
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.moving import hold, step
from rewards.trials.numbers import terms
from rewards.trials.permissions import can_ship
from rewards.trials.rules import Part, PartMove
from rewards.trials.sending.addresses import Parcel, expire_with
from rewards.worth import limiting

COLUMNS = ("reference", "name", "line1", "line2", "postcode", "city", "country", "phone")
MOST_LINES = 5000
MOST_PARCELS = 500
MOST_BYTES = 1_000_000
REFERENCE_MOST = 80


class Delivery(StrEnum):
    """What a carrier says."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class Outcome(StrEnum):
    """What became of a carrier's line."""

    DONE = "done"
    KNOWN = "known"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Event:
    """One line: which parcel, what happened, when, the carrier's own number."""

    reference: str
    state: str
    at: str = ""
    tracking: str = ""


def hand_over(actor: Actor, trial_id: int) -> int:
    """Everything that was ready has left the house. Returns how many."""
    require(can_ship(actor))
    with unit_of_work():
        hold(trial_id)
        a = TrialApplication
        ready = select(a.id).where(a.trial_id == trial_id, a.state == Part.READY).order_by(a.id)
        count = sum(_ship(actor, one, clock.now(), "") for one in list(db.session.scalars(ready)))
        if count:
            audit.write(actor, "trial.handed_over", "trial", trial_id, after={"count": count})
        settle(trial_id, actor)
        return count


def _ship(actor: Actor, application_id: int, at: datetime, tracking: str) -> bool:
    more: dict[str, Any] = {"carrier_ref": tracking[:REFERENCE_MOST]} if tracking else {}
    if not step(application_id, PartMove.SHIP, actor, shipped_at=at, **more):
        return False
    expire_with(application_id)
    return True


def _deliver(actor: Actor, application_id: int, at: datetime) -> bool:
    due_at = at + terms().report
    answered: dict[str, Any] = {"excuse": None, "excuse_asked_at": None}  # that it never came
    if not step(application_id, PartMove.DELIVER, actor, delivered_at=at, due_at=due_at, **answered):
        return False
    expire_with(application_id)
    a = TrialApplication
    came = (
        select(a.member_id, Trial.currency).join(Trial, Trial.id == a.trial_id).where(a.id == application_id)
    )
    limiting.note(*db.session.execute(came).one())
    return True


def take(actor: Actor, event: Event, trial_id: int | None = None) -> Outcome:
    """Take one message of a carrier. Late, doubled or out of order, it changes nothing twice; delivery implies dispatch."""
    application_id = _number(event.reference)
    state = event.state.strip().lower()
    if application_id is None or state not in set(Delivery):
        return Outcome.UNREADABLE
    with unit_of_work():
        one = db.session.get(TrialApplication, application_id)
        if one is None or (trial_id is not None and one.trial_id != trial_id):
            return Outcome.UNKNOWN
        home = one.trial_id
        hold(home)
        before = one.shipped_at
        at = _moment(event.at, before)
        moved = _ship(actor, application_id, at, event.tracking.strip())
        if state == Delivery.DELIVERED:
            moved = _deliver(actor, application_id, at) or moved
        elif state == Delivery.UNDELIVERED:
            moved = (
                step(application_id, PartMove.LOSE, actor, note="undelivered", excuse="undelivered") or moved
            )
        if moved:
            settle(home, actor)
        return Outcome.DONE if moved else Outcome.KNOWN


def _number(reference: str) -> int | None:
    digits = reference.strip().upper().removeprefix("A-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits) else None


def _moment(typed: str, earliest: datetime | None) -> datetime:
    """When a carrier says it happened, where that is possible: not in the future, not before dispatch, not long ago."""
    now = clock.now()
    try:
        at = datetime.fromisoformat(typed.strip())
    except ValueError:
        return now
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    earliest = earliest or now - timedelta(days=30)
    return at if earliest <= at <= now else now


# --- files ------------------------------------------------------------------------------------------------------


def parcels_csv(parcels: Iterable[Parcel]) -> str:
    """The carrier's file: one line a parcel. A cell never begins as a formula does."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in parcels:
        a = one.address
        cells = (one.reference, a.name, a.line1, a.line2, a.postcode, a.city, a.country, a.phone)
        writer.writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return (
        f"'{cell}"
        if cell[:1] in ("=", "@", "\t", "\r", "-") or (cell[:1] == "+" and not cell[1:2].isdigit())
        else cell
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: counts, and the lines that were not understood."""

    counts: dict[Outcome, int]
    faults: list[tuple[int, str, Outcome]]


def take_file(actor: Actor, trial_id: int, content: bytes) -> Taken:
    """A carrier's file with the columns reference, state, and if it has them date and tracking."""
    require(can_ship(actor))
    if len(content) > MOST_BYTES:
        raise Invalid(fields={"file": _("This file is too large.")})
    try:
        text = content.decode("utf-8-sig")
        delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        lines = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        raise Invalid(fields={"file": _("This is not a CSV file in UTF-8.")}) from None
    if not lines or not {"reference", "state"} <= set(lines[0]):
        raise Invalid(fields={"file": _("The file needs the columns “reference” and “state”.")})
    if len(lines) > MOST_LINES:
        raise Invalid(fields={"file": _("At most %(most)s lines at a time.", most=MOST_LINES)})
    counts = dict.fromkeys(Outcome, 0)
    faults: list[tuple[int, str, Outcome]] = []
    for number, line in enumerate(lines, 2):
        event = Event(
            *(
                str(line.get(name) or "")[:REFERENCE_MOST]
                for name in ("reference", "state", "date", "tracking")
            )
        )
        outcome = take(actor, event, trial_id)
        counts[outcome] += 1
        if outcome in (Outcome.UNKNOWN, Outcome.UNREADABLE):
            faults.append((number, event.reference[:40], outcome))
    with unit_of_work():
        said = {str(key): count for key, count in counts.items()}
        audit.write(actor, "trial.deliveries_taken", "trial", trial_id, after=said)
    return Taken(counts, faults[:100])


# --- signed messages --------------------------------------------------------------------------------------------


def take_message(
    secrets: Iterable[str], timestamp: str, shown: str, body: bytes
) -> list[tuple[str, Outcome]]:
    """A carrier's message ``{"deliveries": [{"reference", "state", "date", "tracking"}]}``. Raises NotFound where no secret
    is set, Forbidden for a signature that is not ours, Invalid for anything else."""
    known = [one for one in secrets if one]
    if not known:
        raise NotFound()
    if signer(enumerate(known), timestamp, body, shown, clock.now()) is None:
        raise Forbidden(_("The signature of this message is not the right one."))
    try:
        listed = json.loads(body)["deliveries"]
        if len(listed) > MOST_PARCELS:
            raise Invalid(_("At most %(most)s parcels at a time.", most=MOST_PARCELS))
        events = [
            Event(
                *(
                    str(one.get(name) or "")[:REFERENCE_MOST]
                    for name in ("reference", "state", "date", "tracking")
                )
            )
            for one in listed
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid(_("The message must be a JSON object with a list “deliveries”.")) from None
    return [(event.reference, take(SYSTEM, event)) for event in events]
