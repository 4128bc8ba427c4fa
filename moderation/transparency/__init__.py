"""What the law has a platform tell the public: its statements of reasons without personal data, a yearly report, how many
people it reaches, and whom to write to (Regulation (EU) 2022/2065, articles 11, 12, 15 and 24)."""

from __future__ import annotations

from flask import Flask

from common import rail
from moderation.transparency import commands, jobs, numbers  # noqa: F401 - registers its work
from moderation.transparency import models as _models  # noqa: F401 - tables
from moderation.transparency.routes import RAIL, transparency


def init_app(app: Flask) -> None:
    """Register what this subject offers."""
    app.register_blueprint(transparency)
    rail.add("end", RAIL)
    commands.register(app)
