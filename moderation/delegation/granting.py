"""Granting rights to a moderator or a team: the whole set at once, with a reason; what is not in it is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select

from accounts.members import roles
from accounts.members.rules import Role
from common import audit, clock
from common.db import db, insert_once
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.browsing.queries import categories_by_id
from moderation.delegation.models import Agency, Grant
from moderation.delegation.permissions import can_entrust
from moderation.delegation.rules import REASON_MOST, Right, whole

Pairs = frozenset[tuple[int, Right]]


def entrust_member(actor: Actor, member_id: int, wanted: Iterable[tuple[int, Right]], reason: str) -> Pairs:
    """Somebody moderates these categories with these rights, and nothing else, whatever they were before.

    Raises Forbidden, Invalid (reason, rights), NotFound, Conflict (an account with another role of the team).
    """
    require(can_entrust(actor))
    words, pairs = checked_reason(reason), _checked(wanted)
    if not pairs:
        raise Invalid(fields={"rights": _("Tick at least one right; to end it all, use the button below.")})
    if member_id == actor.member_id:
        raise Invalid(_("Somebody else decides about your own rights."))
    with unit_of_work():
        roles.limit(actor, member_id, words)
        _replace(actor, Grant.member_id, member_id, pairs, words)
    return pairs


def entrust_agency(actor: Actor, agency_id: int, wanted: Iterable[tuple[int, Right]], reason: str) -> Pairs:
    """The people of a team have these rights, none when nothing is ticked."""
    require(can_entrust(actor))
    words, pairs = checked_reason(reason), _checked(wanted)
    with unit_of_work():
        if db.session.get(Agency, agency_id) is None:
            raise NotFound()
        _replace(actor, Grant.agency_id, agency_id, pairs, words)
    return pairs


def end_for(actor: Actor, member_id: int, reason: str) -> bool:
    """Take every right of a limited moderator; the account is a customer's again. False when there was nothing."""
    require(can_entrust(actor))
    words = checked_reason(reason)
    with unit_of_work():
        had = _replace(actor, Grant.member_id, member_id, frozenset(), words)
        return roles.unlimit(actor, member_id, Role.MEMBER, words) or had


def of_member(member_id: int) -> Pairs:
    """What one member was granted in person."""
    return _now(Grant.member_id, member_id)


def of_agency(agency_id: int) -> Pairs:
    """What a team was granted."""
    return _now(Grant.agency_id, agency_id)


def checked_reason(reason: str) -> str:
    """The words for the log. Raises Invalid."""
    words = " ".join(reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(words) > REASON_MOST:
        raise Invalid(fields={"reason": _("Please keep to %(high)s characters.", high=REASON_MOST)})
    return words


def _checked(wanted: Iterable[tuple[int, Right]]) -> Pairs:
    pairs, known = whole(wanted), categories_by_id()
    if any(category_id not in known for category_id, _right in pairs):
        raise Invalid(fields={"rights": _("One of these categories does not exist any more.")})
    return pairs


def _now(column: Any, holder_id: int) -> Pairs:
    rows = db.session.execute(select(Grant.category_id, Grant.right).where(column == holder_id))
    return frozenset((category_id, Right(right)) for category_id, right in rows)


def _replace(actor: Actor, column: Any, holder_id: int, pairs: Pairs, words: str) -> bool:
    before = _now(column, holder_id)
    for category_id, right in sorted(before - pairs):
        db.session.execute(
            delete(Grant).where(column == holder_id, Grant.category_id == category_id, Grant.right == right)
        )
    made = {column.key: holder_id, "granted_at": clock.now(), "granted_by_id": actor.member_id}
    for category_id, right in sorted(pairs - before):
        insert_once(Grant, category_id=category_id, right=right, **made)
    if before == pairs:
        return False
    kind = column.key.removesuffix("_id")
    audit.write(actor, "delegation.granted", kind, holder_id, _written(before), _written(pairs), words)
    return True


def _written(pairs: Pairs) -> list[str]:
    return [f"{category_id}:{right.value}" for category_id, right in sorted(pairs)]
