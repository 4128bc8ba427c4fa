"""The hours of half-days as settings."""

from __future__ import annotations

from datetime import date

from common import clock, settings
from common.i18n import _, local
from moderation.duty.rules import Shift, shift_at

settings.define(
    "moderation.duty_begins",
    8,
    unit=_("o’clock"),
    low=0,
    high=11,
    help=_("Hour at which a morning on duty begins."),
)
settings.define(
    "moderation.duty_noon", 13, unit=_("o’clock"), low=11, high=15,
    help=_("Hour at which the afternoon on duty begins; the morning’s people are on call until then, from midnight on."),
)  # fmt: skip
settings.define(
    "moderation.duty_ends",
    19,
    unit=_("o’clock"),
    low=16,
    high=24,
    help=_("Hour at which an afternoon on duty ends."),
)


def hours() -> tuple[int, int, int]:
    """Begin, noon and end."""
    get = settings.get
    return get("moderation.duty_begins"), get("moderation.duty_noon"), get("moderation.duty_ends")


def now_shift() -> Shift:
    """The half-day it is."""
    return shift_at(local(clock.now()), settings.get("moderation.duty_noon"))


def today() -> date:
    """The day on the community's clock."""
    return local(clock.now()).date()
