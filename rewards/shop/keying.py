"""The shop's secrets: made, shown once, taken out of use. Two may be good at once, so that none stands still while the
shop changes to the next."""

from __future__ import annotations

import secrets as randomness
from datetime import timedelta

from sqlalchemy import select

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import seal, unseal
from common.unit_of_work import unit_of_work
from rewards.promotions.permissions import can_offer
from rewards.shop.models import ShopSecret
from rewards.shop.rules import signer

USE = "fourmi-shop"
PLACES = (1, 2)
_NOTED = timedelta(hours=1)


class NotSigned(Refusal):
    """Nobody has proved to be the shop."""

    status = 401
    code = "not_signed"
    default = _("The signature is missing, wrong, or older than five minutes.")


def make_secret(actor: Actor, name: str) -> str:
    """A new secret; what is returned is shown once. Raises Conflict when two are in use already."""
    require(can_offer(actor))
    words = " ".join(name.split())
    if not 3 <= len(words) <= 80:
        raise Invalid(fields={"name": _("A name of 3 to 80 letters, to know it again.")})
    secret = "shs_" + randomness.token_urlsafe(32)
    values = {"name": words, "cipher": seal(USE, secret), "created_by_id": actor.member_id}
    with unit_of_work():
        made = next(filter(None, (insert_once(ShopSecret, place=place, **values) for place in PLACES)), None)
        if made is None:
            raise Conflict(_("Two secrets are in use already: take the old one out of use first."))
        audit.write(actor, "shop.secret_made", "shop_secret", made, after=words)
    return secret


def retire_secret(actor: Actor, secret_id: int) -> bool:
    """It is worth nothing from now on. True when that is new."""
    require(can_offer(actor))
    with unit_of_work():
        if db.session.get(ShopSecret, secret_id) is None:
            raise NotFound()
        in_use = (ShopSecret.id == secret_id, ShopSecret.retired_at.is_(None))
        if not update_where(ShopSecret, *in_use, retired_at=clock.now(), place=None):
            return False
        audit.write(actor, "shop.secret_retired", "shop_secret", secret_id)
        return True


def recognise(timestamp: str, body: bytes, shown: str) -> int:
    """The secret that signed this. Raises :class:`NotSigned`, without saying what is wrong."""
    rows = db.session.execute(
        select(ShopSecret.id, ShopSecret.cipher, ShopSecret.used_at).where(ShopSecret.retired_at.is_(None))
    ).all()
    found = signer(
        [(row.id, unseal(USE, row.cipher)) for row in rows], timestamp, body, shown[:200], clock.now()
    )
    if found is None:
        raise NotSigned()
    used = next(row.used_at for row in rows if row.id == found)
    if used is None or used < clock.now() - _NOTED:
        with unit_of_work():
            update_where(ShopSecret, ShopSecret.id == found, used_at=clock.now())
    return found
