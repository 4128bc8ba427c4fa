"""What to read first, and in what tone it is said: public messages by weight, and the weeks of all sources and topics.

Public face: ``weighing`` (the hour's work). What is counted by week is ``moderation.themes.weekly``.
"""

from __future__ import annotations

from flask import Flask

from moderation.hearing import jobs as _jobs  # noqa: F401 - its periodic work
from moderation.hearing import routes


def init_app(app: Flask) -> None:
    """Register pages."""
    app.register_blueprint(routes.blueprint)
