"""The numbers of the invitations: every one a setting. Source: domain/escalation.md §C1.2, §C5."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _
from moderation.escalation.rules import Priority
from moderation.experts.asking.courtesy_rules import SIZES, WAVE_MINUTES, Caps

settings.define(
    "experts.invite", True, help=_("Members who want it are asked to help with questions they know about.")
)
settings.define(
    "experts.a_day", 3, unit=_("invitations"), low=1, high=50,
    help=_("Questions one member is asked about in 24 hours at most."),
)  # fmt: skip
settings.define(
    "experts.a_week", 10, unit=_("invitations"), low=1, high=200,
    help=_("Questions one member is asked about in 7 days at most."),
)  # fmt: skip
settings.define(
    "experts.open", 2, unit=_("invitations"), low=1, high=50,
    help=_("Questions that may wait for one member at the same time."),
)  # fmt: skip
settings.define(
    "experts.gap_hours", 2, unit=_("hours"), low=0, high=168,
    help=_("Least time between two questions that one member is asked about."),
)  # fmt: skip
settings.define(
    "experts.lapse_hours", 24, unit=_("hours"), low=1, high=720,
    help=_("Time after which an invitation to answer is over."),
)  # fmt: skip
settings.define(
    "experts.harmless_minutes", 30, unit=_("minutes"), low=0, high=1440,
    help=_("When others answer within this time, an invitation that lapses says nothing about the member."),
)  # fmt: skip
settings.define(
    "experts.declines_to_mute", 2, unit=_("times"), low=1, high=20,
    help=_("Invitations a member declines in one category before it is left alone for a while."),
)  # fmt: skip
settings.define(
    "experts.mute_days", 30, unit=_("days"), low=1, high=365,
    help=_("Time for which a member is not asked about a category after declining."),
)  # fmt: skip
settings.define(
    "experts.ignored_to_pause", 5, unit=_("times"), low=1, high=50,
    help=_("Invitations in a row without a word before a member is left in peace for a while."),
)  # fmt: skip
settings.define(
    "experts.pause_days", 14, unit=_("days"), low=1, high=365,
    help=_("Time for which a member is left in peace after that."),
)  # fmt: skip
settings.define(
    "experts.explored_percent", 20, unit="%", low=0, high=100,
    help=_("Part of the invitations for members of rank 2 and 3 with a first solution in the category."),
)  # fmt: skip
settings.define(
    "experts.alarm_percent", 40, unit="%", low=1, high=100,
    help=_("Part of the invitations of 90 days to the most asked 1 % of members above which managers are told."),
)  # fmt: skip
_SIZE_HELP = {
    1: _("Members who are asked first about a question nobody has answered."),
    2: _("Members who are asked next about a question nobody has answered."),
}
_MINUTES_HELP = {
    1: _("Minutes until the first members are asked (day and night)."),
    2: _("Minutes until more members are asked (day and night)."),
}
for _wave, _size in SIZES.items():
    settings.define(f"experts.wave_{_wave}", _size, unit=_("members"), low=0, high=50, help=_SIZE_HELP[_wave])
    for _priority, _minutes in WAVE_MINUTES.items():
        settings.define(
            f"experts.{_priority}_wave_{_wave}", _minutes[_wave - 1], unit=_("minutes"), low=0, high=10_000,
            help=_MINUTES_HELP[_wave],
        )  # fmt: skip


def caps() -> Caps:
    """How often one member is asked at most."""
    return Caps(
        settings.get("experts.a_day"),
        settings.get("experts.a_week"),
        settings.get("experts.open"),
        timedelta(hours=settings.get("experts.gap_hours")),
    )


def minutes_to(priority: Priority, wave: int) -> timedelta:
    """Community time from a question's publication to a wave."""
    return timedelta(minutes=settings.get(f"experts.{priority}_wave_{wave}"))


def size_of(wave: int) -> int:
    """How many members a wave asks."""
    return int(settings.get(f"experts.wave_{wave}"))
