"""The manager's dashboard: what became of questions, in figures that lead to their definitions and lists.

Public face: ``recounting`` (one row for each question, made anew from what happened), ``queries`` (the page, its lists).
Sources: domain/escalation.md §C6; design/UX.md page 44.
"""

from __future__ import annotations

from flask import Flask

from moderation.dashboard import jobs, mailing, routes  # noqa: F401 - registers its work


def init_app(app: Flask) -> None:
    """Register its pages."""
    mailing.register_kinds()
    app.register_blueprint(routes.blueprint)
