"""What products of trials are worth to those who keep them, for the statement of value (domain/rewards.md §A6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from common.i18n import _
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import UNSENT, Excuse, Part
from rewards.worth.sources import Source, add_source

_a = TrialApplication


def _given(start: datetime, end: datetime) -> Any:
    """From the day it came. What was broken, called back, or has to be returned is nobody's benefit."""
    return (
        select(
            _a.member_id.label("member_id"), _a.delivered_at.label("at"), Trial.value_minor.label("minor"),
            Trial.currency.label("currency"), Trial.title_fr.label("title_fr"), Trial.title_en.label("title_en"),
            Trial.slug.label("reference"),
        )
        .join(Trial, Trial.id == _a.trial_id)
        .where(Trial.is_kept, _a.delivered_at >= start, _a.delivered_at < end)
        .where(_a.state != Part.DEFECTIVE, _a.excuse.is_distinct_from(Excuse.RECALL))
    )  # fmt: skip


def _promised() -> Any:
    return (
        select(_a.member_id.label("member_id"), Trial.value_minor.label("minor"), Trial.currency.label("currency"))
        .join(Trial, Trial.id == _a.trial_id)
        .where(Trial.is_kept, _a.state.in_((*UNSENT, Part.SHIPPED)))
    )  # fmt: skip


def register() -> None:
    """Called once by the package."""
    add_source(Source("trial", _("Product of a trial"), _given, _promised))
