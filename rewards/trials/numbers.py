"""The numbers of product trials as site settings (domain/rewards.md §A4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from accounts.members import rights
from common import settings
from common.i18n import Sentence, _
from rewards.trials.rules import REMINDERS, Limits, Terms

rights.opens("trials.apply", _("product trials"), "trials.min_rank")
rights.opens("trials.chance", _("twice the chance in weighted draws"), 3)
rights.opens("trials.chance_more", _("three times the chance in weighted draws"), 4)


def _number(key: str, default: int, unit: str, help: Sentence, low: int = 1, high: int = 1000) -> None:
    settings.define(f"trials.{key}", default, unit=unit, low=low, high=high, help=help)


_number("min_rank", 2, "", _("Rank from which members may apply, where a campaign says nothing else."), 0, 6)
_number("recent_most", 2, "", _("Products a member may receive within the days of the next number."))
_number("recent_days", 90, "days", _("Days in which a member may receive so many products."))
_number("yearly_most", 6, "", _("Products a member may receive in twelve months."))
_number("default_months", 12, "months", _("Months without a trial after a report that never came."), 0, 60)
_number("family_months", 6, "months", _("Months between two products of one category."), 0, 60)
_number("address_hours", 48, "hours", _("Hours a chosen member has to give an address."))
_number("report_days", 21, "days", _("Days after delivery in which the report is due."))
_number("extension_days", 14, "days", _("Days a tester may add, once."))
_number(
    "overdue_days", 1, "days", _("Days after its day on which a report that is missing is overdue."), 0, 30
)
_number("default_days", 30, "days", _("Days after which a report that is missing counts as never coming."), 2)
_number(
    "after_excuse_days",
    7,
    "days",
    _("Days a tester has left, at least, after an excuse that was not taken."),
    1,
    60,
)
_number("keep_delivered_days", 30, "days", _("Days an address is kept after delivery."), 1, 30)
_number("keep_shipped_days", 90, "days", _("Days an address is kept after dispatch, at most."), 1, 90)
_number("merit_percent", 50, "%", _("Share of the places that merit decides, where both are mixed."), 0, 100)
_number("newcomers_percent", 15, "%", _("Share of the places kept for members never chosen before."), 0, 100)
_number("expertise_full", 20, "", _("Solutions in the product’s category that count as full expertise."))
settings.define(
    "trials.reminders", [-7, -1, 1, 7], unit="days",
    help=_("Days before (-) and after the day of a report on which its tester is reminded."),
)  # fmt: skip
settings.define(
    "trials.logistics", ["manager", "admin"], choices=("agent", "manager", "admin"),
    help=_("Who may read the addresses of chosen members and hand them to the carrier."), guarded=True,
)  # fmt: skip


def _get(key: str) -> int:
    return int(settings.get(f"trials.{key}"))


def _months(key: str) -> timedelta:
    return timedelta(days=_get(key) * 365 // 12)


def limits() -> Limits:
    """The limits of eligibility in force."""
    return Limits(
        recent_most=_get("recent_most"), recent_window=timedelta(days=_get("recent_days")), yearly_most=_get("yearly_most"), default_out=_months("default_months"),
        family_gap=_months("family_months"),
    )  # fmt: skip


def terms() -> Terms:
    """The deadlines in force."""
    return Terms(
        address=timedelta(hours=_get("address_hours")), report=timedelta(days=_get("report_days")),
        extension=timedelta(days=_get("extension_days")), overdue=timedelta(days=_get("overdue_days")),
        default=timedelta(days=_get("default_days")),
        keep_delivered=timedelta(days=_get("keep_delivered_days")), keep_shipped=timedelta(days=_get("keep_shipped_days")),
        after_excuse=timedelta(days=_get("after_excuse_days")),
    )  # fmt: skip


def reminders() -> tuple[timedelta, ...]:
    """When a tester is reminded, counted from the day the report is due; what is no number of days is passed over."""
    typed = {one for one in settings.get("trials.reminders") if isinstance(one, int) and abs(one) <= 60}
    return tuple(timedelta(days=one) for one in sorted(typed)) or REMINDERS


def expertise_full() -> int:
    """Solutions that count as full expertise."""
    return _get("expertise_full")


def min_rank() -> int:
    """Rank from which members may apply, for a new campaign."""
    return _get("min_rank")


def shares() -> tuple[int, int]:
    """Percent of places by merit and for newcomers, for a new campaign."""
    return _get("merit_percent"), _get("newcomers_percent")


Conduct = Callable[[Collection[int]], Mapping[int, datetime]]
_conduct: list[Conduct] = []


def set_conduct(conduct: Conduct) -> None:
    """Let the package above say until when a measure against a member counts (domain/rewards.md §A4.3: no active strike)."""
    _conduct[:] = [conduct]


def barred_by_conduct(member_ids: Collection[int]) -> Mapping[int, datetime]:
    """Until when measures against these members count; empty for those without one."""
    return _conduct[0](member_ids) if _conduct else {}


Usefulness = Callable[[Collection[int]], Mapping[int, float]]
_usefulness: list[Usefulness] = []


def set_usefulness(usefulness: Usefulness) -> None:
    """Fill the port that knows how useful members' reviews were to others, from 0 to 1, many members at once. How many
    found a review useful, never what mark it gave (invariant 23)."""
    _usefulness[:] = [usefulness]


def usefulness_of(member_ids: Collection[int]) -> Mapping[int, float]:
    """How useful these members' reviews were; empty where there are no reviews."""
    return _usefulness[0](member_ids) if _usefulness else {}
