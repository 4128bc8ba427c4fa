"""Roles: given and taken by administrators, written into the audit trail, in force at once."""

from __future__ import annotations

from sqlalchemy import select

from accounts.events import RoleChanged
from accounts.members.models import Member
from accounts.members.permissions import can_give_roles, can_limit
from accounts.members.rules import Role
from accounts.signin import sessions
from common import audit
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work


def give_role(actor: Actor, member_id: int, role: str, reason: str) -> bool:
    """Give a member a role; False when they already had it. Every session of theirs ends, so that no open
    page keeps the former rights.

    Raises :class:`Forbidden` unless an administrator (or the system) asks, :class:`Invalid` without a
    reason or for an unknown role, :class:`Conflict` when the last administrator would go.
    """
    require(can_give_roles(actor))
    if role not in set(Role):
        raise Invalid(fields={"role": _("This role does not exist.")})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        member = db.session.get(Member, member_id, with_for_update=True)
        if member is None or member.closed_at is not None:
            raise NotFound
        former = str(member.role)
        if former == role:
            return False
        if former == Role.ADMIN and _administrators() <= 1:
            raise Conflict(_("This is the last administrator. Give somebody else this role first."))
        if not update_where(Member, Member.id == member_id, Member.role == Role(former), role=Role(role)):
            raise Conflict
        sessions.end_all(member_id)
        audit.write(actor, "role.changed", "member", member_id, former, role, reason.strip())
        record(RoleChanged(member_id, former, str(role)))
    return True


def limit(actor: Actor, member_id: int, reason: str) -> bool:
    """Make a member, or a moderator of the whole house, a moderator of what is granted and nothing else. Open sessions
    end. False when they were one already. Raises Forbidden, Invalid (reason), NotFound, Conflict (another role)."""
    require(can_limit(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        former = _open_role(member_id)
        here = (
            Member.id == member_id,
            Member.role.in_((Role.MEMBER, Role.MODERATOR)),
            Member.closed_at.is_(None),
        )
        whole = (Member.role == Role.MEMBER) | Member.is_limited.is_(False)
        if not update_where(Member, *here, whole, role=Role.MODERATOR, is_limited=True):
            if former in (Role.MEMBER, Role.MODERATOR):
                return False
            raise Conflict(_("This account has another role in the team."))
        _changed(actor, member_id, former, "moderator (limited)", reason)
    return True


def unlimit(actor: Actor, member_id: int, role: Role, reason: str) -> bool:
    """End it: the account is a customer's again, or, which administrators alone may say, a moderator's of the whole
    house. False when it was not limited. Raises Forbidden, Invalid (reason)."""
    require(can_give_roles(actor) if role != Role.MEMBER else can_limit(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        here = (Member.id == member_id, Member.role == Role.MODERATOR, Member.is_limited.is_(True))
        if not update_where(Member, *here, role=role, is_limited=False):
            return False
        _changed(actor, member_id, "moderator (limited)", role.value, reason)
    return True


def _open_role(member_id: int) -> str:
    found = db.session.scalar(select(Member.role).where(Member.id == member_id, Member.closed_at.is_(None)))
    if found is None:
        raise NotFound
    return str(found)


def _changed(actor: Actor, member_id: int, former: str, now: str, reason: str) -> None:
    sessions.end_all(member_id)
    audit.write(actor, "role.changed", "member", member_id, former, now, reason.strip())
    record(RoleChanged(member_id, former.partition(" ")[0], now.partition(" ")[0]))


def _administrators() -> int:
    """How many there are; their rows stay locked, so that two of them cannot dismiss each other at once."""
    rows = select(Member.id).where(Member.role == Role.ADMIN, Member.closed_at.is_(None)).with_for_update()
    return len(db.session.scalars(rows).all())
