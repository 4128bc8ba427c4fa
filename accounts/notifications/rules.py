"""When a member is told, and by which way: defaults, quiet hours, grouping, caps.

Pure tables and clocks. Source: design/UX.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_TO = 21, 8
DIGEST_HOUR = 9
MAILS_A_DAY = 3


class Mail(StrEnum):
    """How often a kind of news comes by mail."""

    NOW = "now"
    HOURLY = "hourly"
    DIGEST = "digest"
    WEEKLY = "weekly"
    OFF = "off"


GROUPING = {Mail.NOW: timedelta(minutes=10), Mail.HOURLY: timedelta(hours=1)}


@dataclass(frozen=True)
class Event:
    """One line of the preferences table. ``always``: cannot be turned off."""

    key: str
    site: bool
    mail: Mail
    always: bool = False


# UX.md §6, in the order of the page. Kinds of upper packages join a line by its key.
EVENTS = (
    Event("answer", True, Mail.NOW),
    Event("followed", True, Mail.NOW),
    Event("resolved_check", True, Mail.NOW),
    Event("mention", True, Mail.HOURLY),
    Event("solution", True, Mail.DIGEST),
    Event("kudos", True, Mail.OFF),
    Event("expertise", True, Mail.OFF),
    Event("reward", True, Mail.DIGEST),
    Event("points_expiring", True, Mail.NOW),
    Event("account", True, Mail.NOW, always=True),
)
EVENT_KEYS = tuple(event.key for event in EVENTS)


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether it is night (21 h to 8 h) at ``moment`` (aware) in the member's time zone."""
    hour = moment.astimezone(ZoneInfo(zone)).hour
    return hour >= QUIET_FROM or hour < QUIET_TO


def out_of_the_night(moment: datetime, zone: str) -> datetime:
    """``moment`` when it is day there, else the next eight o'clock in the morning."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=1) if local.hour >= QUIET_FROM else local.date()
    return _at(day, QUIET_TO, zone, moment)


def next_digest(moment: datetime, zone: str, weekly: bool = False) -> datetime:
    """The next nine o'clock (on a Monday when ``weekly``) strictly after ``moment``."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    while True:
        due = _at(day, DIGEST_HOUR, zone, moment)
        if due > moment and (not weekly or day.weekday() == 0):
            return due
        day += timedelta(days=1)


def mail_due(
    mail: Mail, moment: datetime, zone: str, urgent: bool = False, before: datetime | None = None
) -> datetime | None:
    """When news of ``moment`` goes out by mail, or None. ``before``: when the thread's last mail of this kind
    was due; the first goes at once, what follows within the grouping time waits for its end. ``urgent``
    (security) waits for nothing."""
    if urgent:
        return moment
    if mail is Mail.OFF:
        return None
    if mail in (Mail.DIGEST, Mail.WEEKLY):
        return next_digest(moment, zone, weekly=mail is Mail.WEEKLY)
    due = moment if before is None else max(moment, before + GROUPING[mail])
    return out_of_the_night(due, zone)


def start_of_day(moment: datetime, zone: str) -> datetime:
    """Midnight before ``moment`` in ``zone``, for the cap of mails a day."""
    return _at(moment.astimezone(ZoneInfo(zone)).date(), 0, zone, moment)


def _at(day, hour: int, zone: str, like: datetime) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(like.tzinfo)
