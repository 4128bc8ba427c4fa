"""Public names: is one free, and changing one's own."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from accounts.events import MemberRenamed
from accounts.members.models import Member
from accounts.members.rules import name_fault, name_key, slug_of, tidy_name
from accounts.members.wording import NAME_FAULTS, NAME_TAKEN
from common.db import db, update_where
from common.errors import Invalid
from common.i18n import Sentence
from common.unit_of_work import record


def faults_of(name: str, own_id: int | None = None, reserved_allowed: bool = False) -> dict[str, Sentence]:
    """The sentence to show under the name field; empty when the (tidied) name can be taken."""
    fault = name_fault(name, reserved_allowed)
    if fault is not None:
        return {"display_name": NAME_FAULTS[fault]}
    return {} if is_free(name, own_id) else {"display_name": NAME_TAKEN}


def is_free(name: str, own_id: int | None = None) -> bool:
    """Whether nobody else has this name, one that looks the same, or exactly this one from an import. For
    a kind answer: what decides is the unique key, when the row is written."""
    same = or_(Member.name_key == name_key(name), Member.display_name == name)
    others = [Member.id != own_id] if own_id is not None else []
    return db.session.scalar(select(Member.id).where(same, *others).limit(1)) is None


def rename(member_id: int, typed: str, reserved_allowed: bool = False) -> None:
    """Give a member another public name, inside the open unit of work. Raises :class:`Invalid`."""
    name = tidy_name(typed)
    if faults := faults_of(name, member_id, reserved_allowed):
        raise Invalid(fields=faults)
    try:
        update_where(
            Member, Member.id == member_id, display_name=name, name_key=name_key(name), slug=slug_of(name)
        )
    except IntegrityError:
        raise Invalid(fields={"display_name": NAME_TAKEN}) from None
    record(MemberRenamed(member_id))
