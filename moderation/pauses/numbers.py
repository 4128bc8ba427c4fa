"""What may be changed about pauses."""

from __future__ import annotations

from common import settings
from common.i18n import _
from moderation.pauses.rules import PauseNumbers

settings.define(
    "moderation.pause_in_a_row", 10, low=0, high=100,
    help=_("After so many long texts decided at a glance, one after the other, the queue asks to slow down; 0: never."),
)  # fmt: skip
settings.define(
    "moderation.pause_below_seconds", 2, unit=_("seconds"), low=1, high=30, help=_("A decision in less time is one at a glance.")
)  # fmt: skip
settings.define(
    "moderation.pause_length", 200, unit=_("characters"), low=0, high=5_000, help=_("Texts longer than this take time to read.")
)  # fmt: skip
settings.define(
    "moderation.pause_wait_seconds", 15, unit=_("seconds"), low=0, high=300,
    help=_("How long such a pause lasts at least."),
)  # fmt: skip
settings.define(
    "moderation.rest_minutes", 90, unit=_("minutes"), low=0, high=480,
    help=_("After so long without a rest a break is suggested to a moderator; 0: never."),
)  # fmt: skip
settings.define(
    "moderation.rest_idle_minutes", 15, unit=_("minutes"), low=1, high=120,
    help=_("Who decides nothing for so long has had a rest."),
)  # fmt: skip


def pause_numbers() -> PauseNumbers:
    """The numbers in force."""
    get = settings.get
    return PauseNumbers(
        in_a_row=get("moderation.pause_in_a_row"),
        seconds=get("moderation.pause_below_seconds"),
        length=get("moderation.pause_length"),
        wait_seconds=get("moderation.pause_wait_seconds"),
        rest_minutes=get("moderation.rest_minutes"),
        idle_minutes=get("moderation.rest_idle_minutes"),
    )
