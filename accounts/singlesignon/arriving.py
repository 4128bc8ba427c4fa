"""Somebody whom a provider vouches for comes in: known by issuer and subject, never by an address.

Known: signed in. Unknown, with a confirmed address that nobody here has: a new account. Else the identity waits until
somebody signs in here by another way and says, in this browser, that it is theirs (:mod:`connecting`).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from accounts.members import names
from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.members.roles import give_role
from accounts.members.rules import NAME_MAX, email_key
from accounts.secondfactor import admitting
from accounts.signin import joining, sessions
from accounts.signin.rules import Proof
from accounts.signin.sessions import Origin
from accounts.signin.tokens import digest, new_secret
from accounts.singlesignon import failing, rules
from accounts.singlesignon.asking import Answer
from accounts.singlesignon.models import Identity, SpentTicket
from accounts.singlesignon.providers import label_of
from accounts.singlesignon.rules import Told
from common import audit, limits, settings
from common.clock import now
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work

log = logging.getLogger("fourmi.singlesignon")

settings.define(
    "accounts.single_sign_on_tries", 60, unit=_("tries"), low=5, high=10_000,
    help=_("Sign-ins through the brand’s accounts from one network address in a quarter of an hour."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """How it ended: signed in (``secret`` of a session, or of an entry that waits for
    the code of a second factor), perhaps for the first time; or waiting for a yes (``claim``)."""

    secret: str = ""
    is_new: bool = False
    claim: str = ""


def count_try(origin: Origin) -> None:
    """One answer of a provider tried from an address; raises :class:`TooMany` beyond the limit."""
    limits.hit(
        "single-sign-on", origin.address, f"{settings.get('accounts.single_sign_on_tries')}/15 minutes"
    )


def arrive(answer: Answer, origin: Origin, member_id: int | None = None, connecting: bool = False) -> Arrival:
    """Let somebody in, once for each answer. ``member_id``: who is signed in here already; ``connecting``: they came
    from their settings. Raises :class:`~accounts.singlesignon.failing.Failed`; nothing was changed then."""
    told = answer.told
    with unit_of_work():
        _use_up(answer)
        owner = _owner(told)
        if owner is None and member_id is None:
            opened = _open(told)
            if opened is not None:
                return _welcome(opened, told, origin)
            owner = _owner(told)  # opened this very moment, in another window
        if owner is not None:
            return _enter(owner, told, origin, member_id if connecting else None)
        claim = new_secret()
        _keep(told, None, digest(claim))
        return Arrival(claim=claim)


def _welcome(member_id: int, told: Told, origin: Origin) -> Arrival:
    note_connected(member_id, told.provider, "opened")
    follow_role(_keep(told, member_id, None), member_id)
    log.info("%s: member %s opened an account", told.provider, member_id)
    return Arrival(sessions.begin(member_id, origin, Proof.PROVIDER), is_new=True)


def _use_up(answer: Answer) -> None:
    key = hashlib.sha256(answer.once.encode()).hexdigest()
    kept = now() + rules.ATTEMPT_KEPT + timedelta(seconds=rules.LEEWAY)
    if insert_once(SpentTicket, key=key, expires_at=kept) is None:
        raise failing.stale(f"{answer.told.provider}: used before")


def _owner(told: Told) -> int | None:
    """Whose identity this is; its row is held until this is over."""
    return db.session.scalar(
        select(Identity.member_id)
        .where(Identity.issuer == told.issuer, Identity.subject == told.subject)
        .with_for_update()
    )


def _enter(owner_id: int, told: Told, origin: Origin, actor_id: int | None) -> Arrival:
    if actor_id is not None and actor_id != owner_id:
        raise failing.taken(label_of(told.provider))
    if db.session.scalar(select(Member.id).where(Member.id == owner_id, may_enter())) is None:
        raise failing.refused(label_of(told.provider), f"member {owner_id} has left")
    follow_role(_keep(told, owner_id, None), owner_id)
    log.info("%s: member %s came in", told.provider, owner_id)
    if actor_id == owner_id:  # in already, and connecting the account from the settings
        return Arrival(sessions.begin(owner_id, origin, Proof.PROVIDER))
    return Arrival(admitting.admit(owner_id, origin, Proof.PROVIDER))


def _keep(told: Told, member_id: int | None, claim_hash: str | None) -> int:
    """Write down what was told; the unique key of issuer and subject decides who is first. Returns the row's id."""
    values = {
        "provider": told.provider, "member_id": member_id, "claim_hash": claim_hash, "email": told.email,
        "facts": dict(told.facts), "told_role": told.role, "used_at": now(),
    }  # fmt: skip
    who = (Identity.issuer == told.issuer, Identity.subject == told.subject)
    new = insert_once(Identity, issuer=told.issuer, subject=told.subject, begun_at=now(), **values)
    if new is None:
        free = Identity.member_id.is_(None) | (Identity.member_id == member_id)
        if not update_where(Identity, *who, free, **values):
            raise failing.stale(f"{told.provider}: came in elsewhere at the same moment")
    return new or db.session.scalars(select(Identity.id).where(*who)).one()


def note_connected(member_id: int, provider: str, how: str) -> None:
    """The line of the audit trail about a new way in."""
    audit.write(SYSTEM, "identity.connected", "member", member_id, None, {"provider": provider, "how": how})


def follow_role(identity_id: int, member_id: int, is_leaving: bool = False) -> None:
    """Set the role that the provider's word leads to (none any more when it is ``is_leaving``), inside the open unit of
    work. :func:`give_role` writes it into the audit trail and ends the sessions of who had another."""
    identity = db.session.get_one(Identity, identity_id, populate_existing=True)
    present = str(db.session.get_one(Member, member_id, populate_existing=True).role)
    told, provider = None if is_leaving else identity.told_role, identity.provider
    role = rules.role_after(present, identity.given_role, told)
    if role != present:
        try:
            give_role(SYSTEM, member_id, role, f"single sign-on: {provider}")
        except Conflict:
            log.warning("%s: the last administrator keeps the role", provider)
            return
    mine = told if role == told else None
    update_where(Identity, Identity.id == identity_id, given_role=mine)


def _open(told: Told) -> int | None:
    """A new account; None when its address belongs to somebody already."""
    if not told.email:
        raise failing.without_address(label_of(told.provider))
    key = email_key(told.email)
    for name in _names(told.name):
        if db.session.scalar(select(Member.id).where(Member.email_key == key)) is not None:
            return None
        if names.faults_of(name):
            continue
        try:
            return joining.open_account(told.email, name, language=told.language)
        except Conflict:
            return None
        except Invalid:
            continue  # somebody took the name this very moment
    raise failing.refused(label_of(told.provider), "no free name")


def _names(told: str) -> list[str]:
    """Names to try, the nicest first; the member can choose another one on the next page."""
    base, plain = told[: NAME_MAX - 6].strip(), str(_("Member"))
    numbered = [f"{base} {number}" for number in (2, 3, secrets.randbelow(9_000) + 1_000)] if base else []
    return [told, *numbered, *(f"{plain} {secrets.randbelow(900_000) + 100_000}" for _n in range(4))]
