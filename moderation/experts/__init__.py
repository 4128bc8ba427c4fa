"""Experts: who is asked to help with a question, in waves, seldom enough to stay willing (domain/escalation.md §C5).

Public face: ``choosing.ranked`` (who could answer a question, best first, with the reason), ``counting`` (what members
did, by topic), ``waves`` (ask), ``ending`` (answered, declined, lapsed), ``wishing`` (opt in, holidays, topics).
"""

from __future__ import annotations

from flask import Flask

from common import rail, web
from moderation.experts import commands, handlers, jobs, models  # noqa: F401 - registers its work
from moderation.experts.asking import notices, panels, routes


def init_app(app: Flask) -> None:
    """Register pages, panels, commands and kinds of news, and react to what happens in the forum."""
    handlers.subscribe_all()
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    commands.init_app(app)
    web.register_panel("settings.nav", panels.settings_line)
    rail.add("steering", panels.RAIL)
