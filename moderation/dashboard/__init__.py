"""The manager's dashboard: what became of questions, in figures that lead to their definitions and lists.

Public face: ``recounting`` (one row for each question, made anew from what happened), ``queries`` (the page, its lists).
Sources: domain/escalation.md §C6; design/UX.md page 44.
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.dashboard import jobs, routes  # noqa: F401 - registers its work


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(routes.blueprint)
    web.register_panel("desk.nav.steering", routes.desk_nav)
