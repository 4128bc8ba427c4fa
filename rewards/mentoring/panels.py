"""The way to mentoring in the rewards centre."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.permissions import Actor
from rewards.mentoring.permissions import can_ask, can_mentor


def in_centre(reader: Actor, *_more: Any) -> str | None:
    """For those it is for. No query."""
    mentors = bool(can_mentor(reader))
    if not mentors and not can_ask(reader):
        return None
    return render_template("rewards/mentoring/_centre.html", mentors=mentors)
