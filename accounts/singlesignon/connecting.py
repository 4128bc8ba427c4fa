"""Connecting an account of the brand to one's own here, after signing in here; and taking the connection away."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.members.rules import role_in_force
from accounts.secondfactor.proving import check_may_strengthen
from accounts.signin import passwords
from accounts.signin.tokens import digest
from accounts.singlesignon import arriving, failing, rules
from accounts.singlesignon.models import Identity
from accounts.singlesignon.permissions import can_disconnect
from accounts.singlesignon.providers import label_of
from common import audit
from common.clock import now
from common.db import db, update_where
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work


def waiting(claim: str) -> Identity | None:
    """What a browser brought and nobody has said yes to so far."""
    if not claim:
        return None
    return db.session.scalar(
        select(Identity).where(
            Identity.claim_hash == digest(claim),
            Identity.member_id.is_(None),
            Identity.used_at > now() - rules.WAITING_KEPT,
        )
    )


def connect(actor: Actor, claim: str, session_id: int = 0) -> bool:
    """Make what waits in this browser one's own; returns whether one has to sign in again (the role changed). Of two
    who say so at once, one is heard. Raises :class:`~accounts.singlesignon.failing.Failed`, and :class:`Forbidden` where
    a passkey has to be shown first."""
    member_id = own_id(actor)
    check_may_strengthen(actor, session_id)
    with unit_of_work():
        row = waiting(claim)
        if row is None:
            raise failing.stale("nothing waits")
        identity_id, provider = row.id, row.provider
        if not update_where(
            Identity, Identity.id == identity_id, Identity.member_id.is_(None), member_id=member_id, claim_hash=None
        ):  # fmt: skip
            raise failing.taken(label_of(provider))
        arriving.note_connected(member_id, provider, "confirmed")
        arriving.follow_role(identity_id, member_id)
        return _role_of(member_id) != actor.role


def disconnect(actor: Actor, identity_id: int) -> bool:
    """Take a connection away, and the role it gave; returns whether one has to sign in again. Repeating it is
    :class:`NotFound`, and so is somebody else's; raises :class:`Forbidden` when no other way in would remain."""
    member_id = own_id(actor)
    with unit_of_work():
        row = db.session.get(Identity, identity_id, with_for_update=True, populate_existing=True)
        if row is None or row.member_id != member_id:
            raise NotFound
        provider = row.provider
        # Two at once stand in line here, so that they do not take each other's last way in.
        db.session.get_one(Member, member_id, with_for_update=True, populate_existing=True)
        require(can_disconnect(actor, member_id, _ways(member_id) - 1))
        arriving.follow_role(identity_id, member_id, is_leaving=True)
        db.session.execute(delete(Identity).where(Identity.id == identity_id))
        audit.write(actor, "identity.disconnected", "member", member_id, {"provider": provider}, None)
        return _role_of(member_id) != actor.role


def _ways(member_id: int) -> int:
    """How many ways in a member has: a mailbox, a password, each connected account."""
    mailbox = db.session.scalar(select(Member.email_key).where(Member.id == member_id)) is not None
    connected = db.session.scalar(
        select(func.count()).select_from(Identity).where(Identity.member_id == member_id)
    )
    return (connected or 0) + int(mailbox) + int(passwords.has_password(member_id))


def _role_of(member_id: int) -> str:
    role, is_limited = db.session.execute(
        select(Member.role, Member.is_limited).where(Member.id == member_id)
    ).one()
    return role_in_force(str(role), is_limited)
