"""What other pages show of routing: the line in the rail, a case's team and why, presence on the board."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common import rail
from common.i18n import _
from common.web import actor
from moderation.escalation.casework import is_away
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import OPEN
from moderation.routing import queries
from moderation.routing.applying import SNOOZES
from moderation.routing.permissions import can_read_rules, can_reroute

RAIL = rail.Line("routing.index", "users", _("Teams and routing"), can_read_rules)


def of_case(case: Any) -> str:
    """On a case: its team, why, passing it on, putting it off."""
    stand = queries.stand_of(case.card.id)
    if stand is None:
        return ""
    may = bool(can_reroute(actor())) and case.card.state in OPEN
    return render_template(
        "moderation/routing/_case.html", case_id=case.card.id, stand=stand, may=may, teams=queries.names() if may else [],
        snoozes=SNOOZES, typed=request.form,
    )  # fmt: skip


def presence(*_args: Any) -> str:
    """On the board: say that one is away."""
    who = actor()
    if not can_work(who):
        return ""
    return render_template("moderation/routing/_presence.html", away=is_away(who.member_id))
