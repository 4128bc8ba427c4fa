"""A calendar as a clock keeps it: plain values that can be stored, and read back into a calendar to count with."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from moderation.calendars.holidays import HOLIDAYS
from moderation.calendars.models import DEFAULT_WEEK, DEFAULT_ZONE, WorkCalendar
from moderation.calendars.reading import read_calendar
from moderation.calendars.rules import BadCalendar, Calendar, UnknownZone

log = logging.getLogger("fourmi.calendars")

Content = dict[str, Any]
USUAL: Content = {"zone": DEFAULT_ZONE, "week": DEFAULT_WEEK, "exceptions": {}, "holidays": "FR"}


def content_of(row: WorkCalendar) -> Content:
    """What counts of a calendar; names of days do not."""
    hours = {day: found[0] for day, found in sorted(row.days.items())}
    return {"zone": row.zone, "week": dict(row.week), "exceptions": hours, "holidays": row.holidays}


def read(content: Mapping[str, Any]) -> Calendar:
    """The calendar a stored text describes. Raises BadCalendar."""
    try:
        week, exceptions = dict(content["week"]), dict(content["exceptions"])
        texts = [*week.values(), *exceptions.values(), content["zone"]]
        if not all(isinstance(text, str) for text in texts):
            raise BadCalendar("hours are written as text")
        return read_calendar(content["zone"], week, exceptions, HOLIDAYS[content["holidays"]])
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, BadCalendar) else BadCalendar(str(error)) from error


def to_count_with(content: Mapping[str, Any]) -> Calendar:
    """The same for a clock, which must never stand still: where this machine does not know the zone any more, the hours
    are those of the usual zone; what cannot be read at all counts as the usual calendar."""
    return _counted(json.dumps(content, sort_keys=True))


@lru_cache(maxsize=64)
def _counted(text: str) -> Calendar:
    content = json.loads(text)
    try:
        return read(content)
    except UnknownZone as error:
        log.error("a calendar cannot be read (%s): its hours are taken as those of %s", error, DEFAULT_ZONE)
        return to_count_with({**content, "zone": DEFAULT_ZONE})
    except BadCalendar as error:
        log.error("a calendar cannot be read (%s): the usual one counts", error)
        return read(USUAL)
