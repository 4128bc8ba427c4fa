"""What the desk of incidents shows of outbreaks: what is suspected, and questions like those of an incident."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from moderation.incidents.permissions import can_declare, can_see_desk
from moderation.outbreaks import queries, suspecting


def suspected(*_args: Any) -> str:
    """Above the incidents: suspicions that wait, and the watch."""
    if not can_see_desk(actor()):
        return ""
    return render_template(
        "moderation/outbreaks/_suspected.html", suspicions=queries.waiting(), watch=suspecting.watch_of(),
        may=bool(can_declare(actor())), most=suspecting.watch_most(),
    )  # fmt: skip


def alike(incident: Any) -> str:
    """Under an open incident: questions of the last day that may be part of it."""
    if not (can_declare(actor()) and incident.open):
        return ""
    found = queries.proposed(incident.id)
    return (
        render_template("moderation/outbreaks/_alike.html", incident=incident, found=found) if found else ""
    )
