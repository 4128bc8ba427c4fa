"""Incidents: what the brand knows to be broken, told once instead of many times.

Public face: ``declaring`` (declare, update, resolve, begin again), ``linking`` (a question is one of it, or not),
``following`` (this concerns me). ``queries.open_incident_about`` and ``following.join`` fill the forum's port.
"""

from __future__ import annotations

from flask import Flask

from common import rail, web
from moderation.incidents import notices, panels, routes


def init_app(app: Flask) -> None:
    """Register pages, panels and kinds of news."""
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    rail.add("unanswered", panels.RAIL)
    web.register_panel("desk.case", panels.of_case)
    web.register_panel("question.notice", panels.of_question)
    web.register_panel("list.notice", panels.of_list)
    web.register_panel("product.notice", panels.of_product)
