"""The numbers of the model as settings."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _
from moderation.screening.learning.rules import ModelNumbers

_DEFAULT = ModelNumbers()

settings.define(
    "moderation.model_examples", _DEFAULT.examples, low=200, high=100_000,
    help=_("Decided texts on each side that the model needs before it looks at any."),
)  # fmt: skip
settings.define(
    "moderation.model_shadow_days", _DEFAULT.shadow.days, unit=_("days"), low=14, high=365,
    help=_("How long the model only notes what it would have held."),
)  # fmt: skip
settings.define(
    "moderation.model_hold_percent", 95, unit="%", low=80, high=100,
    help=_("How sure the model must be to have a newcomer’s text read first."),
)  # fmt: skip
settings.define(
    "moderation.model_least_precision", 70, unit="%", low=50, high=100,
    help=_("When fewer of the texts it held in seven days deserved it, the model is switched off."),
)  # fmt: skip


def model_numbers() -> ModelNumbers:
    """The numbers in force."""
    return ModelNumbers(
        examples=settings.get("moderation.model_examples"),
        shadow=timedelta(days=settings.get("moderation.model_shadow_days")),
        hold_from=settings.get("moderation.model_hold_percent") / 100,
        least_precision=settings.get("moderation.model_least_precision") / 100,
    )
