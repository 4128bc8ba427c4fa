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
    """How a kind of news comes by mail, from the quickest to none."""

    NOW = "now"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class Rhythm(StrEnum):
    """How often a member gets a digest: the summary of what was not mailed on its own."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


Night = tuple[int, int]
"""The hours, on the member's own clock, from which and until which no mail leaves."""
NIGHT: Night = (QUIET_FROM, QUIET_TO)
NIGHT_BEGINS = (17, 18, 19, 20, QUIET_FROM)
NIGHT_ENDS = (QUIET_TO, 9, 10, 11, 12)
"""A member may make the night longer than the community's, never shorter (design/UX.md §6)."""

TIME_ZONES = (
    "Europe/Paris", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/Monaco", "Europe/London",
    "Europe/Dublin", "Europe/Lisbon", "Europe/Madrid", "Europe/Berlin", "Europe/Amsterdam", "Europe/Rome",
    "Europe/Vienna", "Europe/Copenhagen", "Europe/Stockholm", "Europe/Oslo", "Europe/Helsinki", "Europe/Warsaw",
    "Europe/Prague", "Europe/Athens", "Europe/Bucharest", "Europe/Istanbul", "Atlantic/Canary", "Africa/Casablanca",
    "Africa/Algiers", "Africa/Tunis", "Africa/Dakar", "Africa/Abidjan", "Indian/Reunion", "Indian/Mayotte",
    "America/Martinique", "America/Guadeloupe", "America/Cayenne", "America/Miquelon", "America/Montreal",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Pacific/Tahiti", "Pacific/Noumea", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip
"""Zones a member may choose. The site's own is offered first, whatever it is."""

GATHERED = (Mail.DAILY, Mail.WEEKLY)
"""What waits for a letter that holds all of a morning, or of a Monday morning."""
GROUPING = {Mail.NOW: timedelta(minutes=10), Mail.HOURLY: timedelta(hours=1)}


@dataclass(frozen=True)
class Event:
    """One line of the preferences table: on the site, by mail, in the digest. ``always``: cannot be turned off."""

    key: str
    site: bool
    mail: Mail
    digest: bool = True
    always: bool = False


# UX.md §6, in the order of the page. Kinds of upper packages join a line by its key.
EVENTS = (
    Event("answer", True, Mail.NOW),
    Event("followed", True, Mail.NOW),
    Event("topics", True, Mail.OFF),
    Event("resolved_check", True, Mail.NOW, digest=False),
    Event("mention", True, Mail.HOURLY),
    Event("message", True, Mail.NOW, digest=False),
    Event("solution", True, Mail.DAILY),
    Event("kudos", True, Mail.OFF, digest=False),
    Event("expertise", True, Mail.OFF, digest=False),
    Event("asked", True, Mail.NOW, digest=False),
    Event("reward", True, Mail.DAILY),
    Event("points_expiring", True, Mail.NOW, digest=False),
    Event("account", True, Mail.NOW, digest=False, always=True),
)
EVENT_KEYS = tuple(event.key for event in EVENTS)


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def known_zone(*names: str) -> str:
    """The first of these time zones that this machine knows: one that was chosen may be gone with an update."""
    return next((name for name in names if name and is_zone(name)), "UTC")


def is_quiet(moment: datetime, zone: str, night: Night = NIGHT) -> bool:
    """Whether it is night (21 h to 8 h, or longer where the member says so) at ``moment`` (aware) in ``zone``."""
    hour = moment.astimezone(ZoneInfo(zone)).hour
    return hour >= night[0] or hour < night[1]


def out_of_the_night(moment: datetime, zone: str, night: Night = NIGHT) -> datetime:
    """``moment`` when it is day there, else the next end of the night."""
    if not is_quiet(moment, zone, night):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=1) if local.hour >= night[0] else local.date()
    return _at(day, night[1], zone, moment)


def digest_hour(night: Night = NIGHT) -> int:
    """Nine o'clock, or the end of a longer night."""
    return max(DIGEST_HOUR, night[1])


def next_digest(moment: datetime, zone: str, weekly: bool = False, night: Night = NIGHT) -> datetime:
    """The next hour of digests (on a Monday when ``weekly``) strictly after ``moment``."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    while True:
        due = _at(day, digest_hour(night), zone, moment)
        if due > moment and (not weekly or day.weekday() == 0):
            return due
        day += timedelta(days=1)


def mail_due(
    mail: Mail,
    moment: datetime,
    zone: str,
    urgent: bool = False,
    before: datetime | None = None,
    night: Night = NIGHT,
) -> datetime | None:
    """When news of ``moment`` goes out by mail, or None. ``before``: when the thread's last mail of this kind
    was due; the first goes at once, what follows within the grouping time waits for its end. ``urgent``
    (security) waits for nothing."""
    if urgent:
        return moment
    if mail is Mail.OFF:
        return None
    if mail in GATHERED:
        return next_digest(moment, zone, weekly=mail is Mail.WEEKLY, night=night)
    due = moment if before is None else max(moment, before + GROUPING[mail])
    return out_of_the_night(due, zone, night)


def digest_due(rhythm: Rhythm, moment: datetime, zone: str, night: Night = NIGHT) -> datetime | None:
    """When the next digest of this rhythm leaves; None for who wants none."""
    if rhythm is Rhythm.NEVER:
        return None
    return next_digest(moment, zone, weekly=rhythm is Rhythm.WEEKLY, night=night)


def start_of_day(moment: datetime, zone: str) -> datetime:
    """Midnight before ``moment`` in ``zone``, for the cap of mails a day."""
    return _at(moment.astimezone(ZoneInfo(zone)).date(), 0, zone, moment)


def _at(day, hour: int, zone: str, like: datetime) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(like.tzinfo)
