"""Make a key for a program, recognise it, take it back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from accounts.apikeys.models import ApiKey
from accounts.signin.tokens import digest, new_secret
from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

SCOPES = ("products", "purchases", "articles", "cases", "crm")
"""What a key may be good for."""
PREFIX = "fourmi"
_NOTED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that showed a good key."""

    key_id: int
    name: str


def make_key(actor: Actor, name: str, scopes: tuple[str, ...]) -> str:
    """A new key; what is returned is shown once and cannot be read again. Raises Invalid and Conflict."""
    words = " ".join(name.split())[:80]
    if len(words) < 3 or not scopes or set(scopes) - set(SCOPES):
        raise Invalid(_("A key needs a name of 3 letters or more, and something it is good for."))
    secret = new_secret()
    with unit_of_work():
        key_id = insert_once(ApiKey, name=words, scopes=sorted(set(scopes)), secret_hash=digest(secret))
        if key_id is None:
            raise Conflict(_("There is a key of this name already."))
        audit.write(actor, "apikey.made", "api_key", key_id, None, {"name": words, "scopes": sorted(scopes)})
    return f"{PREFIX}_{key_id}_{secret}"


def revoke_key(actor: Actor, name: str) -> bool:
    """The key is worth nothing from now on. True when that is new; raises NotFound."""
    with unit_of_work():
        key_id = db.session.scalar(select(ApiKey.id).where(ApiKey.name == name))
        if key_id is None:
            raise NotFound()
        if not update_where(ApiKey, ApiKey.id == key_id, ApiKey.revoked_at.is_(None), revoked_at=clock.now()):
            return False
        audit.write(actor, "apikey.revoked", "api_key", key_id, None, {"name": name})
        return True


def recognise(shown: str, scope: str) -> Program:
    """The program behind a key, compared in constant time. Raises :class:`Forbidden` without saying which part
    is wrong; when it was last used is noted once an hour."""
    prefix, _dash, rest = shown.partition("_")
    number, _dash, secret = rest.partition("_")
    known = number.isascii() and number.isdigit() and len(number) < 10 and prefix == PREFIX
    row = db.session.get(ApiKey, int(number)) if known else None
    expected = row.secret_hash if row else digest("nobody’s")
    if not hmac.compare_digest(expected, digest(secret)) or row is None or row.revoked_at is not None:
        raise Forbidden(_("This key is not known, or no longer good."))
    if scope not in row.scopes:
        raise Forbidden(_("This key is not good for that."))
    program = Program(row.id, row.name)
    if row.used_at is None or row.used_at < clock.now() - _NOTED:
        with unit_of_work():
            update_where(ApiKey, ApiKey.id == program.key_id, used_at=clock.now())
    return program


def all_keys() -> list[ApiKey]:
    """All keys, the newest first."""
    return list(db.session.scalars(select(ApiKey).order_by(ApiKey.id.desc())))
