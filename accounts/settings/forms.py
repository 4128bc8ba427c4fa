"""What the settings pages send, as frozen drafts."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.members.profiles import Profile
from accounts.members.rules import BIO_MAX, CITY_MAX, NAME_MAX
from accounts.notifications.rules import EVENTS, Mail
from accounts.signin.forms import typed
from common.errors import Invalid
from common.i18n import _


def read_profile(form: Mapping[str, str]) -> Profile:
    """The public profile."""
    return Profile(
        display_name=typed(form, "display_name", NAME_MAX * 2),
        bio=typed(form, "bio", BIO_MAX * 2).replace("\r\n", "\n"),
        city=typed(form, "city", CITY_MAX * 2),
    )


def read_alerts(form: Mapping[str, str]) -> dict[str, tuple[bool, Mail]]:
    """The table of alerts: for each event a tick for the site and a pace for the mails."""
    wishes = {}
    for event in EVENTS:
        if event.always or f"mail-{event.key}" not in form:
            continue
        pace = form.get(f"mail-{event.key}", "")
        if pace not in set(Mail):
            raise Invalid(_("This choice does not exist."))
        wishes[event.key] = (form.get(f"site-{event.key}") == "1", Mail(pace))
    return wishes
