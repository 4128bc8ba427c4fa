"""What reports show in other pages: two lines of the desk's rail, and the ladder of a member's reports in the file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.flags.misuse import measures_of
from moderation.flags.permissions import can_lift
from moderation.flags.queries import desk_counts
from moderation.profile_reports.permissions import can_judge


def in_file(member: Any) -> str:
    """Warnings about reports, and until when they are not counted."""
    found = measures_of(member.id) if can_lift(actor()) else []
    return render_template("moderation/flags/_measures.html", measures=found, member=member) if found else ""


def desk_nav(*_args: Any) -> str:
    """Legal notices and reported profiles that wait, in the rail. One query for both."""
    if not can_judge(actor()):
        return ""
    notices, profiles = desk_counts()
    return render_template(
        "moderation/flags/_nav.html", notices=notices, profiles=profiles, here=request.blueprint or ""
    )
