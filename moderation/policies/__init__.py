"""How categories are published now: busy times in which everything is read first, pictures of newcomers, and a page that
says which rule decides about what somebody does.

Public face: ``applying.policy_in_force`` and ``applying.reasons_with``, asked by the screener; ``storms.begin``.
"""

from __future__ import annotations

from flask import Flask

from common import rail
from common.web import register_panel
from moderation.policies import models, panels  # noqa: F401 - tables
from moderation.policies.routes import policies


def init_app(app: Flask) -> None:
    """Put the pages and panels of policies on the application."""
    app.register_blueprint(policies)
    register_panel("desk.rules", panels.storms_of_rules)
    rail.add("community", panels.RAIL)
    register_panel("ask.notice", panels.on_ask_page)
