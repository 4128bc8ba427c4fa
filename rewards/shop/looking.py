"""The shop asks whether a code is good, before the customer pays. Who guesses codes is noticed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.telling import tell
from common import clock, limits, settings
from common.db import db, insert_once, update_where
from common.errors import NotFound
from common.i18n import _
from common.unit_of_work import unit_of_work
from rewards.promotions import using
from rewards.shop.models import ShopLookups
from rewards.shop.rules import is_guessing

settings.define(
    "promotions.lookups_a_minute", 20, unit=_("look-ups"), low=1, high=6000,
    help=_("How often the shop may ask in a minute whether a code is good, with one secret."),
)  # fmt: skip
settings.define(
    "promotions.unknown_percent", 30, unit="%", low=1, high=100,
    help=_("Share of unknown codes among the look-ups of an hour above which managers are told: somebody may be guessing."),
)  # fmt: skip
LEAST = 10


def look_up(secret_id: int, code: str) -> dict[str, Any]:
    """What a code is good for. Raises NotFound (unknown), Gone (over), Conflict (used), TooMany."""
    limits.hit("shop-lookup", secret_id, f"{settings.get('promotions.lookups_a_minute')}/minute")
    try:
        found = using.described(code)
    except NotFound:
        _count(secret_id, unknown=1)
        raise
    _count(secret_id, unknown=0)
    return found


def _count(secret_id: int, unknown: int) -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    mine = (ShopLookups.secret_id == secret_id, ShopLookups.hour == hour)
    with unit_of_work():
        insert_once(ShopLookups, secret_id=secret_id, hour=hour, asked=0, unknown=0)
        counts = {"asked": ShopLookups.asked + 1, "unknown": ShopLookups.unknown + unknown}
        update_where(ShopLookups, *mine, **counts)
        asked, failed = db.session.execute(select(ShopLookups.asked, ShopLookups.unknown).where(*mine)).one()
        if unknown and is_guessing(asked, failed, LEAST, settings.get("promotions.unknown_percent")):
            cause = f"shop-guessing:{secret_id}:{hour:%Y%m%d%H}"
            for member_id in staff_ids(Role.MANAGER, Role.ADMIN):
                tell(member_id, "shop-guessing", cause, asked=asked, unknown=failed)
