"""Forecasts: a change of ladder, targets, calendars or routing is first played on the history that happened.

Public face: ``running`` (begin, apply), ``playing.play`` (one question under given rules), ``ruleset`` (the rules as a value).
"""

from __future__ import annotations

from flask import Flask

from common import rail
from moderation.forecast import commands, jobs, routes  # noqa: F401 - registers its work


def init_app(app: Flask) -> None:
    """Register pages and panels."""
    app.register_blueprint(routes.blueprint)
    commands.init_app(app)
    rail.add("steering", routes.RAIL)
