"""What a moderator hands on to a team, and what shows where a text belongs. It stands on the review queue, which knows
nothing of it.

Public face: ``passing`` (escalate), ``privately`` (the case of a question to ask in).
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.handing import panels, routes


def init_app(app: Flask) -> None:
    """Register what stands beside an item and on a question."""
    app.register_blueprint(routes.blueprint)
    web.register_panel("question.answer", panels.beside_answer)
    web.register_panel("review.side", panels.near_texts)
    web.register_panel("review.escalate", panels.escalate)
    web.register_panel("review.sheets", panels.sheets)
