"""The numbers of strikes and measures as site settings (domain/moderation.md §B4)."""

from __future__ import annotations

from common import settings
from common.i18n import Sentence, _
from moderation.sanctions.strike_rules import Ladder


def _number(
    key: str, default: int, unit: Sentence | str, help: Sentence, low: int = 1, high: int = 1000
) -> None:
    settings.define(f"moderation.{key}", default, unit=unit, low=low, high=high, help=help)


_number("strike_days", 180, _("days"), _("Days after which strike points are forgotten."), 30, 730)
_number("ladder_silence", 3, "", _("Active strike points from which a member is silenced."), 1, 100)
_number("ladder_suspension", 6, "", _("Active strike points from which an account is suspended."), 1, 100)
_number("ladder_long", 9, "", _("Active strike points from which the suspension is a long one."), 1, 100)
_number(
    "ladder_ban", 12, "", _("Active strike points from which a ban is proposed to a second person."), 1, 100
)
_number("silence_hours", 24, _("hours"), _("How long the silence of the ladder lasts."), 1, 720)
_number("suspension_hours", 168, _("hours"), _("How long the first suspension of the ladder lasts."), 1, 2160)
_number("long_suspension_hours", 720, _("hours"), _("How long the long suspension lasts."), 1, 8760)
_number(
    "expel_hours",
    48,
    _("hours"),
    _("Age up to which an account of nothing but mass messages is banned by one person."),
    1,
    168,
)
_number("banned_months", 12, _("months"), _("How long the address of a banned account cannot open another one."), 1, 24)  # fmt: skip


def ladder() -> Ladder:
    """The ladder in force."""
    get = settings.get
    return Ladder(
        silence_from=get("moderation.ladder_silence"),
        suspension_from=get("moderation.ladder_suspension"),
        long_suspension_from=get("moderation.ladder_long"),
        ban_from=get("moderation.ladder_ban"),
        silence_hours=get("moderation.silence_hours"),
        suspension_hours=get("moderation.suspension_hours"),
        long_suspension_hours=get("moderation.long_suspension_hours"),
    )


def strike_days() -> int:
    """Days that strike points count."""
    return int(settings.get("moderation.strike_days"))
