"""Which passkeys a member has, and what the site is to them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select

from accounts.passkeys.models import Passkey
from accounts.passkeys.rules import HANDLE_BYTES, Site, site_of
from common.config import current_config
from common.db import db
from common.secrecy import fingerprint

USE = "fourmi-passkey"


def site() -> Site | None:
    """What keys are made for; None where the public address lets browsers make none."""
    return site_of(current_config().base_url)


def of_member(member_id: int) -> Sequence[Passkey]:
    """A member's passkeys, the oldest first; the limit bounds them."""
    return db.session.scalars(
        select(Passkey).where(Passkey.member_id == member_id).order_by(Passkey.id)
    ).all()


def count_of(member_id: int | None) -> int:
    """How many they are."""
    return db.session.scalar(select(func.count()).where(Passkey.member_id == member_id)) or 0


def handle_of(member_id: int) -> bytes:
    """What devices keep for a member: that of the first key, so that it outlives a change of the site's secret."""
    known = select(Passkey.handle).where(Passkey.member_id == member_id).order_by(Passkey.id).limit(1)
    return db.session.scalar(known) or bytes.fromhex(fingerprint(USE, f"member:{member_id}"))[:HANDLE_BYTES]


def key_of(credential_id: bytes) -> str:
    """How a key is found again."""
    return hashlib.sha256(credential_id).hexdigest()
