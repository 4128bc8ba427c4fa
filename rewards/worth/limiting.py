"""The stop and the alert for one member's civil year (domain/rewards.md §A6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.telling import tell
from common import clock, i18n, settings
from common.db import db
from common.errors import Conflict
from common.i18n import _
from rewards.worth import sources
from rewards.worth.rules import alarming, bounds, fits

settings.define(
    "rewards.value_alert", 300, unit=_("units of currency"), low=0, high=100_000,
    help=_("Value that one member received in a civil year at which managers are told; 0: never."),
)  # fmt: skip
settings.define(
    "rewards.value_stop", 600, unit=_("units of currency"), low=0, high=100_000,
    help=_("Value that one member may receive in a civil year, with what is promised; 0: without limit."), guarded=True,
)  # fmt: skip


class EnoughThisYear(Conflict):
    """The stop for this year."""

    code = "year_limit"
    default = _(
        "You have received as much this year as one member may. It opens again in January; your points were not used."
    )


def this_year() -> int:
    """The civil year on the community's clock."""
    return i18n.local(clock.now()).year


def span(year: int) -> tuple[datetime, datetime]:
    """When a civil year begins and ends on the community's clock."""
    first, last = bounds(year)
    return i18n.day_begins(first), i18n.day_begins(last)


def check(member_id: int, minor: int, currency: str) -> None:
    """Raise :class:`EnoughThisYear` unless there is room for this. The member's balance is locked by the caller, so two
    of one member's acts cannot both find the last room."""
    stop = 100 * settings.get("rewards.value_stop")
    if minor > 0 and not fits(received(member_id, currency), _promised(member_id, currency), minor, stop):
        raise EnoughThisYear()


def without_room(member_ids: Collection[int], minor: int, currency: str) -> set[int]:
    """Those of these members who would receive more than one may in a year. A query a source, however many they are."""
    stop = 100 * settings.get("rewards.value_stop")
    if minor <= 0 or stop <= 0 or not member_ids:
        return set()
    sums = dict.fromkeys(member_ids, 0)
    for one in (sources.given(*span(this_year())), *sources.promised()):
        rows = one.subquery()
        mine = (rows.c.member_id.in_(member_ids), rows.c.currency == currency)
        query = select(rows.c.member_id, func.sum(rows.c.minor)).where(*mine).group_by(rows.c.member_id)
        for member_id, total in db.session.execute(query):
            sums[member_id] += int(total)
    return {member_id for member_id, total in sums.items() if not fits(total, 0, minor, stop)}


def note(member_id: int | None, currency: str) -> None:
    """Tell managers, once a year, when a member has received what the setting names. After something was received."""
    if member_id is None:
        return
    if alarming(received(member_id, currency), 100 * settings.get("rewards.value_alert")):
        for manager_id in staff_ids(Role.MANAGER, Role.ADMIN):
            tell(
                manager_id, "value-alert", f"value:{member_id}:{this_year()}:{currency}", person_id=member_id
            )


def received(member_id: int, currency: str) -> int:
    """What a member received this year, in minor units. One query."""
    rows = sources.given(*span(this_year())).subquery()
    mine = (rows.c.member_id == member_id, rows.c.currency == currency)
    return int(db.session.scalar(select(func.coalesce(func.sum(rows.c.minor), 0)).where(*mine)) or 0)


def _promised(member_id: int, currency: str) -> int:
    total = 0
    for one in sources.promised():
        rows = one.subquery()
        mine = (rows.c.member_id == member_id, rows.c.currency == currency)
        total += int(db.session.scalar(select(func.coalesce(func.sum(rows.c.minor), 0)).where(*mine)) or 0)
    return total
