"""The numbers of the rules against abuse as site settings (domain/rewards.md §A1.4). No member is ever shown one."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import Sentence, _
from rewards.abuse.rules import Thresholds

_DEFAULT = Thresholds()


def _number(key: str, default: int, unit: str, help: Sentence, high: int = 1000) -> None:
    settings.define(f"abuse.{key}", default, unit=unit, low=1, high=high, help=help)


_number("window_days", 30, "days", _("Days of votes that are looked at."), 31)
_number("burst_votes", 6, "", _("Votes of one member for one author within minutes that are a burst."))
_number("burst_minutes", 10, "minutes", _("The minutes of a burst."))
_number("burst_day_votes", 10, "", _("Votes of one member for one author in a day that are a burst."))
_number("burst_hours", 24, "hours", _("The hours of a burst that lasts longer."), 48)
_number("burst_kept", 2, "", _("First votes of a burst that stay."))
_number("focus_percent", 40, "%", _("Share of a member’s votes on one author that is looked at."), 100)
_number("focus_votes", 20, "", _("Votes a member has given before their share is looked at."))
_number("focus_paid_percent", 20, "%", _("Share of a member’s votes on one author that goes on paying."), 100)
_number("focus_threads", 5, "", _("Questions with votes a category needs before shares are looked at."))
_number("mutual_votes", 5, "", _("Votes each of two members gives the other before it is looked at."))
_number("mutual_percent", 30, "%", _("Share of the votes of both that makes them mutual."), 100)
_number("mutual_pause_days", 30, "days", _("Days in which mutual votes bring nothing."))
_number("ring_edge", 3, "", _("Votes from one member to another that link them in a ring."))
_number("ring_least", 3, "", _("Fewest members of a ring."))
_number("ring_most", 8, "", _("Most members of a ring."), 30)
_number("ring_percent", 60, "%", _("Share of the votes of a ring that stays inside."), 100)
_number("hold_days", 14, "days", _("Days points are kept aside; again until somebody has decided."))
_number("origin_votes", 5, "", _("Votes from a shared place that are looked at."))
_number(
    "loop_acceptances",
    3,
    "",
    _("Solutions between the same two members that are looked at, from a shared place or both new."),
)
_number("young_days", 30, "days", _("Age under which two accounts are new."))
_number("copies", 3, "", _("Nearly identical answers of one author that are looked at."))
_number("copy_percent", 60, "%", _("Share of common word runs that makes answers nearly identical."), 100)
_number("copy_words", 20, "", _("Words of the shortest answer that is compared."))


def thresholds() -> Thresholds:
    """The numbers in force."""

    def get(key: str) -> int:
        return int(settings.get(f"abuse.{key}"))

    def days(key: str) -> timedelta:
        return timedelta(days=get(key))

    return Thresholds(
        window=days("window_days"), burst_votes=get("burst_votes"), burst_within=timedelta(minutes=get("burst_minutes")),
        burst_day_votes=get("burst_day_votes"), burst_day=timedelta(hours=get("burst_hours")), burst_kept=get("burst_kept"), focus_percent=get("focus_percent"),
        focus_votes=get("focus_votes"), focus_paid_percent=get("focus_paid_percent"), focus_threads=get("focus_threads"),
        mutual_votes=get("mutual_votes"), mutual_percent=get("mutual_percent"), mutual_pause=days("mutual_pause_days"),
        ring_edge=get("ring_edge"), ring_least=get("ring_least"), ring_most=get("ring_most"),
        ring_percent=get("ring_percent"), hold=days("hold_days"), origin_votes=get("origin_votes"),
        loop_acceptances=get("loop_acceptances"), young=days("young_days"), copies=get("copies"),
        copy_percent=get("copy_percent"), copy_words=get("copy_words"),
    )  # fmt: skip
