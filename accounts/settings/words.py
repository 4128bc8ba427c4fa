"""The choices of the settings pages in words."""

from __future__ import annotations

from accounts.members.rules import TextSize, Theme
from accounts.notifications.rules import NIGHT_BEGINS, NIGHT_ENDS, Mail, Rhythm
from common.i18n import Sentence, _

THEMES = {
    Theme.AUTO: _("Like my device"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}
TEXT_SIZES = {
    TextSize.NORMAL: _("Normal"),
    TextSize.LARGE: _("Large"),
    TextSize.LARGER: _("Larger"),
}
MAIL_PACES = {
    Mail.NOW: _("At once"),
    Mail.HOURLY: _("Every hour"),
    Mail.DAILY: _("Once a day"),
    Mail.WEEKLY: _("Once a week"),
    Mail.OFF: _("Never"),
}
RHYTHMS = {
    Rhythm.DAILY: _("Every morning"),
    Rhythm.WEEKLY: _("On Monday morning"),
    Rhythm.NEVER: _("Never"),
}

Choices = list[tuple[str | int, Sentence | str]]


def hour_choices(zones: tuple[str, ...]) -> dict[str, Choices]:
    """What the fields about hours offer, as pairs of value and words."""
    return {
        "rhythms": [(rhythm.value, words) for rhythm, words in RHYTHMS.items()],
        "begins": [(hour, f"{hour}:00") for hour in NIGHT_BEGINS],
        "ends": [(hour, f"{hour}:00") for hour in NIGHT_ENDS],
        "zones": [(zone, zone.replace("_", " ")) for zone in zones],
    }


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_name(agent: str) -> Sentence | str:
    """A browser's own description in words a person knows: "Firefox, Windows"."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")
