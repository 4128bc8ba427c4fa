"""Signing in with a passkey. It is something the member has and, by finger, face or PIN, something they are or know: two
factors, so no code is asked for."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import may_enter
from accounts.passkeys import ceremony, challenges, numbers, queries
from accounts.passkeys.adding import NOT_HERE, count_try
from accounts.passkeys.ceremony import UNKNOWN
from accounts.passkeys.models import Passkey
from accounts.signin import sessions
from accounts.signin.rules import Proof
from accounts.signin.sessions import Origin, actor_of
from common import audit
from common.clock import now
from common.db import db, update_where
from common.errors import Forbidden, Invalid
from common.unit_of_work import unit_of_work


def ask(browser: str) -> str:
    """What a sign-in page asks the browser, the same for everybody; nothing where there can be no keys."""
    site = queries.site()
    if site is None:
        return ""
    challenge = challenges.new(challenges.ENTER, browser)
    return ceremony.ask_to_show(site, challenge, numbers.lasts().total_seconds())


def sign_in(raw: str, browser: str, origin: Origin) -> str:
    """Sign in; returns the secret of a session. An unknown key, a removed one, a wrong signature and a count that does
    not grow read alike. Raises :class:`Invalid`, :class:`TooMany`."""
    site = queries.site()
    if site is None:
        raise Forbidden(NOT_HERE)
    count_try(origin)
    answer = ceremony.read(raw)
    challenges.spend(challenges.ENTER, browser, answer.challenge)
    with unit_of_work():
        key = _key_shown(answer)
        count = ceremony.check_shown(answer, site, key.public_key)
        secret = _begin(key, count, origin)
    if secret is None:
        raise Invalid(UNKNOWN)
    return secret


def _key_shown(answer: ceremony.Answer) -> Passkey:
    """The key of an open account; the device must name the account too, so that no key speaks for another's."""
    key = db.session.scalar(
        select(Passkey)
        .join(Member, Member.id == Passkey.member_id)
        .where(Passkey.credential_key == queries.key_of(answer.credential_id), may_enter())
    )
    if key is None or key.handle != answer.handle:
        raise Invalid(UNKNOWN)
    return key


def _begin(key: Passkey, count: int, origin: Origin) -> str | None:
    """The session; None when the key's count does not grow: there may be a copy of it. The trail says so."""
    member_id = key.member_id
    later = Passkey.sign_count < count if count else Passkey.sign_count == 0  # many devices count nothing
    if update_where(Passkey, Passkey.id == key.id, later, sign_count=count, used_at=now()):
        return sessions.begin(member_id, origin, Proof.PASSKEY)
    member = db.session.get_one(Member, member_id)
    audit.write(actor_of(member), "passkey.stale", "member", member_id)
    return None
