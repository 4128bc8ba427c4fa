"""A member's own address for new questions: signed, so that nobody guesses it; numbered, so that it can be replaced."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from common import clock
from common.config import current_config
from common.db import db, insert_once, update_where
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.letterbox.models import AskAddress
from forum.letterbox.rules import AskTicket, ask_address_for
from forum.questions.permissions import member_of

FIRST, LAST = 1, 1_000_000


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """The address that counts, and its number."""

    address: str
    number: int


def own_address(actor: Actor) -> OwnAddress | None:
    """Where this member asks by mail; None for visitors and where no mail is read."""
    base = current_config().reply_address
    if not base or actor.member_id is None:
        return None
    number = _number_of(actor.member_id)
    address = ask_address_for(AskTicket(actor.member_id, number), base, current_config().secret_key)
    return OwnAddress(address, number)


def still_counts(ticket: AskTicket) -> bool:
    """Whether no newer address was made."""
    return ticket.number == _number_of(ticket.member_id)


def renew(actor: Actor, shown: int) -> bool:
    """Make a new address; the one with the number that was shown is dead from then on. True when that is new: a second
    click, or another window, changes nothing. Raises Forbidden for visitors."""
    member_id = member_of(actor)
    if not FIRST <= shown < LAST:
        return False
    with unit_of_work():
        values = {"number": shown + 1, "made_at": clock.now()}
        if shown == FIRST and insert_once(AskAddress, member_id=member_id, **values) is not None:
            return True
        here = (AskAddress.member_id == member_id, AskAddress.number == shown)
        return update_where(AskAddress, *here, **values) == 1


def _number_of(member_id: int) -> int:
    return db.session.scalar(select(AskAddress.number).where(AskAddress.member_id == member_id)) or FIRST
