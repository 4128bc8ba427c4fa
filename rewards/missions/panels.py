"""What missions show in other pages: the desk's rail, the rewards centre, the home page of newcomers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template

from common import clock, rail
from common.i18n import _
from common.permissions import Actor
from common.web import actor
from rewards.missions import queries
from rewards.missions.permissions import can_run_missions

NEW = timedelta(days=7)


RAIL = rail.Line("missions.index", "compass", _("Missions"), can_run_missions)


def in_centre(*_args: Any) -> str:
    """The missions of the reader."""
    who = actor()
    if who.member_id is None or who.is_staff:
        return ""
    return render_template("rewards/missions/_mine.html", missions=queries.missions_of(who.member_id))


def on_home(reader: Actor | None = None, *_more: Any) -> str | None:
    """For newcomers in their first week: what they can do next. Nothing is asked for anybody else."""
    who = reader or actor()
    if who.member_id is None or who.is_staff or who.joined_at is None or clock.now() - who.joined_at > NEW:
        return None
    open_ = [one for one in queries.missions_of(who.member_id) if not one.finished]
    return render_template("rewards/missions/_home.html", one=open_[0]) if open_ else None
