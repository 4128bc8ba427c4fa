"""What badges show in other pages of the desk: the rail, and a member's file."""

from __future__ import annotations

from typing import Any

from flask import render_template

from accounts.members.rules import STAFF
from common import rail
from common.i18n import _
from common.web import actor
from rewards.badges.desk import queries
from rewards.badges.permissions import can_honour

RAIL = rail.Line("badges.index", "star", _("Badges"), can_honour)


def in_file(member: Any) -> str:
    """A member's badges in their file."""
    who = actor()
    if not can_honour(who) or member.role in STAFF:
        return ""
    return render_template(
        "rewards/badges/_in_file.html", awards=queries.awards_of(who, member.id), member=member,
        may_honour=member.closed_at is None and member.id != who.member_id,
    )  # fmt: skip
