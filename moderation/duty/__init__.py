"""Who is on duty, category by category and half-day by half-day: the plan, its calendar feed, and the word that is handed over.

Only who works here is planned; volunteers have no schedules (domain/rewards.md §A6).

Public face: ``planning``, ``queries.on_duty`` (who is on duty now, for alarms).
"""

from __future__ import annotations

from flask import Flask

from common import rail
from moderation.duty import models as _models  # noqa: F401 - tables
from moderation.duty import panels, routes


def init_app(app: Flask) -> None:
    """Register pages and panels."""
    app.register_blueprint(routes.blueprint)
    rail.add("work", *panels.RAIL)
