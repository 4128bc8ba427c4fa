"""What a member wishes about being asked: at all, at night when it is urgent, not during a vacation, not about this."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.notifications.listening import hours_of
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.experts.asking import ending
from moderation.experts.asking.permissions import can_wish
from moderation.experts.models import ExpertInvitation, ExpertWish

LONGEST_AWAY = timedelta(days=366)


def choose(actor: Actor, wanted: bool, at_night: bool, away: str) -> None:
    """Keep what a member wishes. ``away``: the last day of a vacation (ISO), or empty. Raises Forbidden, Invalid (away).

    Who says yes again after a pause is not in it any more.
    """
    require(can_wish(actor))
    member_id = actor.person_id or 0
    values = {
        "wanted": wanted, "at_night": at_night, "away_until": _end_of(member_id, away), "changed_at": clock.now()
    }  # fmt: skip
    with unit_of_work():
        if insert_once(ExpertWish, member_id=member_id, **values) is None:
            update_where(
                ExpertWish, ExpertWish.member_id == member_id, paused_until=None, ignored_count=0, **values
            )


def decline(actor: Actor, invitation_id: int, whole_category: bool) -> bool:
    """Decline one's own invitation; with ``whole_category``, be asked no more about it. False when it is nobody's."""
    with unit_of_work():
        one = db.session.get(ExpertInvitation, invitation_id)
        if one is None or actor.person_id is None or one.member_id != actor.person_id:
            return False
        ending.decline(invitation_id)
        if whole_category:
            ending.mute(one.member_id, one.category_id)
        return True


def _end_of(member_id: int, away: str) -> datetime | None:
    """The end of the last day of a vacation on the member's own clock; nothing for a day that is over."""
    if not away.strip():
        return None
    try:
        day = date.fromisoformat(away.strip()[:10])
    except ValueError:
        raise Invalid(
            fields={"away": _("Write the day as it stands in the calendar, or leave it empty.")}
        ) from None
    zone = ZoneInfo(hours_of(member_id).zone)
    now = clock.now()
    if day < now.astimezone(zone).date():
        raise Invalid(fields={"away": _("This day is over.")})
    if day > (now + LONGEST_AWAY).date():
        raise Invalid(fields={"away": _("At most a year ahead. Turn the questions off to be asked none.")})
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(now.tzinfo)


def last_day(member_id: int, until: datetime | None) -> str:
    """The last day of a vacation as a form field wants it, on the member's own clock."""
    if until is None:
        return ""
    return (until.astimezone(ZoneInfo(hours_of(member_id).zone)) - timedelta(minutes=1)).date().isoformat()
