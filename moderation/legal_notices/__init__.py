"""Notices of illegal content, open to everybody (Regulation (EU) 2022/2065, articles 16 and 22).

Public face: ``submitting.submit``; ``settling.settle`` and its opposites, called where reports are settled;
``queries.counted`` for the yearly report. The names of those who sent one are never shown to an author.
"""

from __future__ import annotations

from flask import Flask

from common.web import register_panel
from moderation.legal_notices import letters, models, panels  # noqa: F401 - tables, letters
from moderation.legal_notices.routes import legal_notices


def init_app(app: Flask) -> None:
    """Put the pages and panels of legal notices on the application."""
    app.register_blueprint(legal_notices)
    register_panel("review.case", panels.of_item)
