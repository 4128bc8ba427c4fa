"""What is entrusted to super-users and mentors in threads: hand one to the team, draft its official answer, hide what breaks
the rules in the category of one's mandate (domain/rewards.md §A2.2, R5 and R6).

Public face: ``handing``, ``drafting``, ``hiding``.
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.entrusted import models as _models  # noqa: F401 - tables
from moderation.entrusted import notices, panels, routes


def init_app(app: Flask) -> None:
    """Register pages, panels and kinds of news."""
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    web.register_panel("question.aside", panels.beside_question)
    web.register_panel("desk.case", panels.of_case)
