"""The numbers of the ledger as site settings, each with its default (domain/rewards.md §A1.2, §A1.3)."""

from __future__ import annotations

from datetime import timedelta

from accounts.members import rights
from common import settings
from common.i18n import _
from rewards.ledger.rules import Limits, Rule, rules_with

_DEFAULT = Limits()


rights.opens("rewards.voter", _("thumbs-up that bring others points"), "rewards.voter_rank")


def _number(key: str, default: int, unit: str, help: object) -> None:
    settings.define(f"rewards.{key}", default, unit=str(unit), low=0, high=1_000_000, help=help)  # type: ignore[arg-type]


_number(
    "day_reputation",
    _DEFAULT.day_reputation,
    "points",
    _("Most reputation a member earns in a day from capped rules."),
)
_number(
    "day_spendable",
    _DEFAULT.day_spendable,
    "points",
    _("Most points to spend a member earns in a day from capped rules."),
)
_number(
    "month_spendable",
    _DEFAULT.month_spendable,
    "points",
    _("Most points to spend a member earns in a calendar month."),
)
_number(
    "pair_acceptances",
    _DEFAULT.pair_acceptances,
    "",
    _("Paid solutions by the same asker to the same author in 30 days."),
)
_number(
    "pair_kudos",
    _DEFAULT.pair_kudos,
    "",
    _("Paid thumbs-up by the same member to the same author in 30 days."),
)
_number(
    "kudos_per_answer", _DEFAULT.kudos_per_answer, "", _("How many thumbs-up of one answer bring points.")
)
_number(
    "me_too_per_question",
    _DEFAULT.me_too_per_question,
    "",
    _("How many “me too” of one question bring points."),
)
_number(
    "asker_a_day", _DEFAULT.asker_a_day, "", _("How many solutions marked in a day bring the asker points.")
)
_number(
    "duplicates_a_day",
    _DEFAULT.duplicates_a_day,
    "",
    _("How many confirmed duplicates in a day bring points."),
)
_number(
    "reports_a_day", _DEFAULT.reports_a_day, "", _("How many reports that were right in a day bring points.")
)
_number(
    "guides_a_week",
    _DEFAULT.guides_a_week,
    "",
    _("How many published guides of a member in a week bring points."),
)
_number(
    "per_tip", _DEFAULT.per_tip, "points", _("Most reputation that votes for one tip or one guide bring.")
)
_number("fast_minutes", 60, "minutes", _("An accepted answer within this time after the question is fast."))
_number("voter_rank", _DEFAULT.voter_rank, "", _("Lowest rank whose thumbs-up bring points."))
_number("voter_hours", 24, "hours", _("Age of an account whose thumbs-up bring points."))
_number(
    "toggles",
    _DEFAULT.toggles,
    "",
    _("How often the same act pays within 24 hours when it is undone and done again."),
)
_number("toggle_hours", 24, "hours", _("The time within which doing and undoing the same act is counted."))
_number(
    "pair_days", 30, "days", _("The days over which what the same two members give each other is counted.")
)
_number("expiry_first_days", 30, "days", _("How long before points to spend end their owner is told first."))
_number(
    "expiry_last_days", 7, "days", _("How long before points to spend end their owner is told once more.")
)
_number("hold_hours", 72, "hours", _("Time after which earned points can be spent."))
_number("expiry_months", 12, "months", _("Time after which points to spend expire; 0 means never."))
settings.define(
    "rewards.rules",
    {},
    help=_(
        "Own amounts of the points table: rule, rep, sp and version. Change them at the desk, under Points."
    ),
)


def limits() -> Limits:
    """The limits in force."""
    get = settings.get
    return Limits(
        day_reputation=get("rewards.day_reputation"),
        day_spendable=get("rewards.day_spendable"),
        month_spendable=get("rewards.month_spendable"),
        pair_acceptances=get("rewards.pair_acceptances"),
        pair_kudos=get("rewards.pair_kudos"),
        pair_window=timedelta(days=get("rewards.pair_days")),
        kudos_per_answer=get("rewards.kudos_per_answer"),
        me_too_per_question=get("rewards.me_too_per_question"),
        asker_a_day=get("rewards.asker_a_day"),
        duplicates_a_day=get("rewards.duplicates_a_day"),
        reports_a_day=get("rewards.reports_a_day"),
        guides_a_week=get("rewards.guides_a_week"),
        per_tip=get("rewards.per_tip"),
        fast_within=timedelta(minutes=get("rewards.fast_minutes")),
        voter_rank=get("rewards.voter_rank"),
        voter_age=timedelta(hours=get("rewards.voter_hours")),
        toggles=get("rewards.toggles"),
        toggle_window=timedelta(hours=get("rewards.toggle_hours")),
        hold=timedelta(hours=get("rewards.hold_hours")),
    )


def rules() -> dict[str, Rule]:
    """The rule table in force."""
    return rules_with(settings.get("rewards.rules"))


def rule(key: str) -> Rule:
    """One rule in force."""
    return rules()[key]
