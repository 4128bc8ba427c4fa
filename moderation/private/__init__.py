"""A question that concerns one person's file goes on in private, with that person's consent or the team's notice.

Public face: ``talking`` (offer, begin, accept, decline, finish, back to public).
"""

from __future__ import annotations

from flask import Flask

from accounts.messages import writing
from common import web
from moderation.private import notices, panels, routes, talking


def init_app(app: Flask) -> None:
    """Register pages, panels and kinds of news."""
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    web.register_panel("desk.case", panels.of_case)
    web.register_panel("question.notice", panels.of_question)
    web.register_panel("messages.write", panels.of_messages)
    web.register_panel("messages.about", panels.above_messages)
    writing.set_check(talking.check_message)
