"""Outbreaks: the same trouble reported by many at once is suspected, told to the team, and decided by people.

Public face: ``noting`` (a published question), ``suspecting`` (dismiss, confirm, watch), ``gathering`` (like questions
become part of an incident). Nothing here is public: what people read begins in ``moderation.incidents``.
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.outbreaks import notices, panels, routes


def init_app(app: Flask) -> None:
    """Register pages, panels and kinds of news."""
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    web.register_panel("incidents.suspected", panels.suspected)
    web.register_panel("incidents.alike", panels.alike)
