"""The numbers of private messages that staff may change."""

from __future__ import annotations

from accounts.members import rights
from accounts.messages.rules import Ranks
from common import settings
from common.i18n import _

_RANKS = Ranks()
settings.define(
    "messages.rank_to_staff", _RANKS.to_staff, unit="rank", low=0, high=6,
    help=_("Rank from which a member may write to the team."),
)  # fmt: skip
settings.define(
    "messages.rank_to_members", _RANKS.to_members, unit="rank", low=0, high=6,
    help=_("Rank from which a member may begin a conversation with another member."),
)  # fmt: skip
settings.define(
    "messages.begun_a_day", 10, unit="per day", low=1, high=1_000,
    help=_("Conversations one member may begin in 24 hours."),
)  # fmt: skip
for _key, _default, _help in (
    ("messages.in_half_a_minute", 5, _("Messages of one member in 30 seconds.")),
    ("messages.in_a_quarter", 10, _("Messages of one member in 15 minutes.")),
    ("messages.in_an_hour", 50, _("Messages of one member in an hour.")),
):
    settings.define(_key, _default, unit="messages", low=1, high=10_000, help=_help)


rights.opens("messages.staff", _("messages to the team"), "messages.rank_to_staff")
rights.opens("messages.members", _("messages to other members"), "messages.rank_to_members")


def ranks() -> Ranks:
    """The ranks in force."""
    return Ranks(settings.get("messages.rank_to_staff"), settings.get("messages.rank_to_members"))


def rates() -> tuple[str, ...]:
    """The paces in force, shortest first."""
    return (
        f"{settings.get('messages.in_half_a_minute')}/30 seconds",
        f"{settings.get('messages.in_a_quarter')}/15 minutes",
        f"{settings.get('messages.in_an_hour')}/hour",
    )
