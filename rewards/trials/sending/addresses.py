"""Where a product goes: asked for after selection only, sealed, read by logistics alone, written down, gone in time.

Source: domain/rewards.md §A4.5, invariant 25. An address is in no log, fact, job, mail or audit entry.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import select

from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf
from rewards.trials.lottery import label
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.moving import campaign, own, step
from rewards.trials.numbers import terms
from rewards.trials.permissions import can_ship, can_take_part
from rewards.trials.rules import Campaign, Part, PartMove
from rewards.trials.sending import rules

FIELD_MOST = 80
PHONE_MOST = 24
AN_EXPORT = 5000


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as the carrier needs it."""

    name: str
    line1: str
    line2: str
    postcode: str
    city: str
    country: str
    phone: str = ""


def give(actor: Actor, trial_id: int, typed: Address) -> bool:
    """Give the address a product is sent to, or another one before it leaves. True when it is the first."""
    require(can_take_part(actor))
    with unit_of_work():
        mine, trial = own(actor, trial_id), campaign(trial_id)
        if trial.state != Campaign.SHIPPING or mine.state not in (Part.ADDRESS_PENDING, Part.READY):
            raise Conflict(_("No address is needed at this step."))
        address = _clean(typed, trial)
        row_id, member_id = mine.id, mine.member_id
        first = step(row_id, PartMove.GIVE_ADDRESS, actor)
        here = (TrialApplication.id == row_id, TrialApplication.state == Part.READY)
        if not update_where(TrialApplication, *here, country=address.country):
            raise Conflict(_("The product has left already."))
        until = clock.now() + terms().keep_shipped
        keeping.keep(AddressOf.TRIAL, row_id, member_id, json.dumps(asdict(address)), until)
        return first


def _clean(typed: Address, trial: Trial) -> Address:
    parts = {name: " ".join(value.split()) for name, value in asdict(typed).items()}
    faults: dict[str, Sentence | str] = {}
    for name in ("name", "line1", "city"):
        if not parts[name]:
            faults[name] = _("This is needed to send you the product.")
    for name in ("name", "line1", "line2", "city"):
        if len(parts[name]) > FIELD_MOST:
            faults[name] = _("Please keep to %(high)s characters.", high=FIELD_MOST)
    if parts["country"] not in trial.countries:
        faults["country"] = _("This trial is not sent to that country.")
    postcode = rules.clean_postcode(parts["postcode"], parts["country"])
    if postcode is None:
        faults["postcode"] = _("This is not a postcode of that country.")
    digits = sum(one.isdigit() for one in parts["phone"])
    if not trial.needs_phone:
        parts["phone"] = ""
    elif (
        not 8 <= digits <= 15
        or len(parts["phone"]) > PHONE_MOST
        or set(parts["phone"]) - set("+0123456789 .-()")
    ):
        faults["phone"] = _("The carrier needs a telephone number for this product.")
    if faults:
        raise Invalid(fields=faults)
    return Address(**parts | {"postcode": postcode or ""})


def own_address(actor: Actor, trial_id: int) -> Address | None:
    """One's own address, to look at or change; nobody else's."""
    require(can_take_part(actor))
    mine = own(actor, trial_id).id
    return _opened([mine]).get(mine)


def _opened(application_ids: Collection[int]) -> dict[int, Address]:
    known = keeping.opened(AddressOf.TRIAL, application_ids)
    return {one: Address(**json.loads(text)) for one, text in known.items()}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A line for the carrier: the reference that comes back with the delivery, and where it goes."""

    reference: str
    address: Address


def for_carrier(actor: Actor, trial_id: int) -> list[Parcel]:
    """Everything that is ready to leave, for logistics. Each call is written down, with the references only."""
    require(can_ship(actor))
    a = TrialApplication
    with unit_of_work():
        trial = campaign(trial_id)
        query = (
            select(a.id).where(a.trial_id == trial.id, a.state == Part.READY).order_by(a.id).limit(AN_EXPORT)
        )
        opened = _opened(list(db.session.scalars(query)))
        parcels = [Parcel(label(one), address) for one, address in sorted(opened.items())]
        read = {"count": len(parcels), "references": [one.reference for one in parcels]}
        audit.write(actor, "trial.addresses_exported", "trial", trial_id, after=read)
        return parcels


def forget(application_ids: Collection[int]) -> int:
    """Delete addresses now, keeping country and the beginning of the postcode. Inside the open unit of work."""
    if not application_ids:
        return 0
    for one, address in _opened(application_ids).items():
        prefix = rules.postcode_prefix(address.postcode)
        update_where(
            TrialApplication, TrialApplication.id == one, country=address.country, postcode_prefix=prefix
        )
    return keeping.forget(AddressOf.TRIAL, application_ids)


def expire_with(application_id: int) -> None:
    """Put down when an address goes, after dispatch or delivery."""
    one = db.session.get(TrialApplication, application_id)
    at = rules.purge_at(one.shipped_at, one.delivered_at, terms()) if one is not None else None
    if at is not None:
        keeping.delete_on(AddressOf.TRIAL, application_id, at)


def due() -> list[int]:
    """Applications whose address has to go now."""
    return keeping.due(AddressOf.TRIAL)
