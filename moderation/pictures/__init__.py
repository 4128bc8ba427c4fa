"""One picture is hidden while the text around it stays: a restriction of its own, with its statement of reasons.

Public face: ``hiding.hide_picture``, ``hiding.show_picture``.
"""

from __future__ import annotations

from flask import Flask

from common.web import register_panel
from moderation.pictures import panels
from moderation.pictures.routes import pictures


def init_app(app: Flask) -> None:
    """Put its acts and its panel on the application."""
    app.register_blueprint(pictures)
    register_panel("review.detail", panels.of_item)
