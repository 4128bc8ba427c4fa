"""Many items decided at once: chosen by what they have in common, looked at first, each decided by itself.

Public face: ``proposing`` (begin, confirm, cancel), ``running`` (the work, and taking it back).
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.bulk import jobs, panels, queries, routes  # noqa: F401 - registers its work
from moderation.review.queries import BESIDE


def init_app(app: Flask) -> None:
    """Register pages and panels."""
    app.register_blueprint(routes.blueprint)
    web.register_panel("review.side", panels.like_this)
    web.register_panel("review.list", panels.waiting)
    BESIDE[queries.PROPOSALS] = queries.count_proposed
