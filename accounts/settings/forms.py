"""What the settings pages send, as frozen drafts."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.members.profiles import Profile
from accounts.members.rules import BIO_MAX, CITY_MAX, NAME_MAX
from accounts.notifications import channels
from accounts.notifications.listening import Hours
from accounts.notifications.preferences import Wish
from accounts.notifications.rules import EVENT_KEYS, EVENTS, Mail, Rhythm
from accounts.signin.forms import typed
from common.errors import Invalid
from common.i18n import _


def read_profile(form: Mapping[str, str]) -> Profile:
    """The public profile."""
    return Profile(
        display_name=typed(form, "display_name", NAME_MAX * 2),
        bio=typed(form, "bio", BIO_MAX * 2).replace("\r\n", "\n"),
        city=typed(form, "city", CITY_MAX * 2),
        is_private=form.get("is_private") == "1" if "privacy" in form else None,
    )


def read_alerts(form: Mapping[str, str]) -> dict[str, Wish]:
    """The table of alerts: for each event a tick for the site, a pace for the mails, a tick for the digest."""
    wishes: dict[str, Wish] = {}
    for event in EVENTS:
        if event.always or f"mail-{event.key}" not in form:
            continue
        pace = form.get(f"mail-{event.key}", "")
        if pace not in set(Mail):
            raise Invalid(_("This choice does not exist."))
        site, digest = (form.get(f"{way}-{event.key}") == "1" for way in ("site", "digest"))
        wishes[event.key] = (site, Mail(pace), digest)
    return wishes


def read_ways(form: Mapping[str, str]) -> dict[str, set[str]]:
    """What each other channel shall bring, for the channels whose column the form had."""
    asked = [way.key for way in channels.registered() if form.get(f"way-{way.key}") == "1"]
    return {way: {event for event in EVENT_KEYS if form.get(f"{way}-{event}") == "1"} for way in asked}


def read_hours(form: Mapping[str, str]) -> Hours | None:
    """When mails may come; None where the form did not ask."""
    if "digest" not in form:
        return None
    if form["digest"] not in set(Rhythm):
        raise Invalid(_("This choice does not exist."))
    night = (_hour(form.get("quiet_from", "")), _hour(form.get("quiet_to", "")))
    return Hours(form.get("time_zone", "")[:40], night, Rhythm(form["digest"]))


def _hour(typed: str) -> int:
    """An hour of the day; -1 for what is none, which no list of choices holds."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 2 else -1
