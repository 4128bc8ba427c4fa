"""Where members come from, kept only to be compared: does one person hold both accounts (domain/rewards.md §A1.4)?

What is stored is a hash keyed with the site's secret; the address itself stands in the living session alone. A device is not
recognised by anything: no fingerprint is taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from accounts.retention.sweeping import sweep
from accounts.signin.models import MemberOrigin
from common.clock import now
from common.db import db, insert_once, update_where
from common.secrecy import fingerprint

NEAR = timedelta(hours=24)
KEPT = timedelta(days=31)
"""As long as the longest window of a rule that compares origins, and a day."""


def network_of(address: str) -> str | None:
    """What stands for a place: an IPv4 address, or the /64 of a household; None for what many share by design."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global:
        return None  # a proxy in front of the site, a test, a company's inside: says nothing about anybody
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def note(member_id: int, address: str) -> None:
    """Keep that a member is here now, inside the open unit of work."""
    network = network_of(address)
    if network is None:
        return
    mark, moment = fingerprint("origin", network), now()
    if insert_once(MemberOrigin, member_id=member_id, origin=mark, seen_at=moment) is None:
        mine = (MemberOrigin.member_id == member_id, MemberOrigin.origin == mark)
        update_where(MemberOrigin, *mine, MemberOrigin.seen_at < moment, seen_at=moment)


def share_one(first_id: int, second_id: int, since: datetime) -> bool:
    """Whether both came from one place since a moment. One query."""
    one, other = aliased(MemberOrigin), aliased(MemberOrigin)
    both = select(one.id).join(other, other.origin == one.origin)
    both = both.where(one.member_id == first_id, other.member_id == second_id)
    return db.session.scalar(both.where(one.seen_at > since, other.seen_at > since).limit(1)) is not None


def seen_of(member_ids: set[int]) -> dict[int, dict[str, datetime]]:
    """The places of some members with the last time each was seen. One query."""
    found: dict[int, dict[str, datetime]] = {}
    wanted = select(MemberOrigin.member_id, MemberOrigin.origin, MemberOrigin.seen_at)
    for who, origin, at in db.session.execute(wanted.where(_among(member_ids))):
        found.setdefault(who, {})[origin] = at
    return found


def _among(member_ids: set[int]) -> ColumnElement[bool]:
    return MemberOrigin.member_id.in_(sorted(member_ids))


def forget_old() -> None:
    """Drop what no rule asks for any more, inside the open unit of work."""
    sweep("origins", MemberOrigin, MemberOrigin.seen_at < now() - KEPT)
