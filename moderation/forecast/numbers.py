"""The numbers of forecasts that staff may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "escalation.forecast_days", 30, unit=_("days"), low=1, high=90,
    help=_("How many days of history a change of the rules is tried on, unless another time is chosen."),
)  # fmt: skip
settings.define(
    "escalation.handling_minutes", 15, unit=_("minutes"), low=1, high=480,
    help=_("Working minutes an agent needs for one case, where a forecast says how many agents are needed."),
)  # fmt: skip
settings.define(
    "escalation.forecast_most", 20_000, unit=_("questions"), low=100, high=200_000,
    help=_("Most questions one forecast looks at; of a longer history the newest count."),
)  # fmt: skip
settings.define(
    "escalation.forecast_least", 20, unit=_("questions"), low=1, high=1_000,
    help=_("With fewer questions in the last days a change of the rules is not tried first: so few say nothing."),
)  # fmt: skip


def least() -> int:
    """How many questions are worth a try."""
    return settings.get("escalation.forecast_least")


def days(chosen: int | None = None) -> int:
    """How far to look back."""
    return chosen or settings.get("escalation.forecast_days")


def minutes() -> int:
    """What a case takes."""
    return settings.get("escalation.handling_minutes")
