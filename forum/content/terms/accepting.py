"""Accept the charter and the terms: at sign-up, and at the next visit after a significant change."""

from __future__ import annotations

from sqlalchemy import select

from accounts.events import MemberJoined
from accounts.members.permissions import own_id
from common import clock
from common.db import db, insert_once
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.content.terms import numbers, queries
from forum.content.terms.models import TermsAcceptance
from forum.content.terms.rules import Document

AT_SIGN_UP, ON_PAGE = "sign-up", "page"
_KNOWN_MOST = 20_000
_known: dict[int, dict[str, int]] = {}
"""What members have accepted, as far as this process was told. It only ever grows, so it cannot be wrong."""


def joined(fact: MemberJoined) -> None:
    """Whoever opens an account accepts what is in force; the sign-up page says so beside its button."""
    for document in Document:
        current = queries.in_force(document)
        if current is not None:
            _keep(fact.member_id, document, current.number, AT_SIGN_UP)


def accept(actor: Actor, seen: dict[str, int]) -> None:
    """Accept the versions that are owed, when it is they that were shown. Raises :class:`Conflict` when a newer one is in force
    by now. Nothing else is kept: a proof names a version that was published and read."""
    member_id = own_id(actor)
    due = owed(actor)
    if any(seen.get(document, 0) != number for document, number in due.items()):
        raise Conflict(_("A newer version is in force since you opened this page. Please read it."))
    with unit_of_work():
        for document, number in due.items():
            _keep(member_id, Document(document), number, ON_PAGE)
    _known.pop(member_id, None)


def _keep(member_id: int, document: Document, number: int, how: str) -> None:
    insert_once(
        TermsAcceptance,
        member_id=member_id,
        document=document,
        number=number,
        how=how,
        accepted_at=clock.now(),
    )


def owed(actor: Actor) -> dict[str, int]:
    """Significant versions in force that the member has not accepted, nor a newer one. No statement while there is none."""
    wanted = numbers.required_at(clock.now())
    if not wanted or actor.member_id is None:
        return {}
    has = _known.get(actor.member_id, {})
    if any(has.get(document, 0) < number for document, number in wanted.items()):
        has = _accepted(actor.member_id)
    return {document: number for document, number in wanted.items() if has.get(document, 0) < number}


def _accepted(member_id: int) -> dict[str, int]:
    mine = select(TermsAcceptance.document, TermsAcceptance.number).where(
        TermsAcceptance.member_id == member_id
    )
    found: dict[str, int] = {}
    for document, number in db.session.execute(mine):
        found[str(document)] = max(found.get(str(document), 0), number)
    if len(_known) >= _KNOWN_MOST:
        _known.clear()
    _known[member_id] = found
    return found


def forget() -> None:
    """Ask the database again (tests)."""
    _known.clear()
