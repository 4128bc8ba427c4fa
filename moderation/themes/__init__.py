"""Rising topics: words said by many people more than in the weeks before, counted every night.

Public face: ``counting`` (the night's work), ``following`` (what the team makes of a topic).
"""

from __future__ import annotations

from flask import Flask

from moderation.themes import jobs as _jobs  # noqa: F401 - its periodic work
from moderation.themes import routes


def init_app(app: Flask) -> None:
    """Register pages."""
    app.register_blueprint(routes.blueprint)
