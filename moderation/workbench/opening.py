"""Opens the rooms of the desk that stand beside the ladder: words of priority, routing, templates, satisfaction."""

from __future__ import annotations

from typing import Any

from common import rail, web
from moderation.lexicon import panels as words
from moderation.lexicon import routes as word_pages
from moderation.macros import models as _macros  # noqa: F401 - tables
from moderation.macros import routes as template_pages
from moderation.officials import checking
from moderation.officials import routes as official_pages
from moderation.routing import notices as team_notices
from moderation.routing import panels as teams
from moderation.routing import routes as team_pages
from moderation.satisfaction import asking
from moderation.satisfaction import panels as thoughts
from moderation.satisfaction import routes as thought_pages
from moderation.workbench import panels, routes


def init_app(app: Any) -> None:
    """Register pages, panels and kinds of news."""
    team_notices.register_all()
    asking.register_all()
    checking.register_all()
    for blueprint in (
        word_pages.blueprint,
        team_pages.blueprint,
        template_pages.blueprint,
        official_pages.blueprint,
        thought_pages.blueprint,
        routes.blueprint,
    ):
        app.register_blueprint(blueprint)
    web.register_panel("desk.case", teams.of_case)
    web.register_panel("escalation.board", teams.presence)
    web.register_panel("desk.case", thoughts.of_case)
    web.register_panel("desk.team", thoughts.of_team)
    web.register_panel("question.notice", thoughts.of_question)
    web.register_panel("case.presence", panels.presence)
    web.register_panel("case.reply", panels.reply)
    rail.add("unanswered", official_pages.RAIL, panels.RAIL)
    rail.add("steering", words.RAIL)
    rail.add("community", teams.RAIL)
