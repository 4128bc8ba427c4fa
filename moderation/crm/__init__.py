"""What a member does in public, for the brand's customer file: only of members who agreed, and until they agree no more.

Public face: ``consenting`` (the member's switch), ``exporting`` (pages of activity). The far end's side: docs/outside.md.
"""

from __future__ import annotations

from flask import Flask

from common.web import register_panel
from moderation.crm import models, retention  # noqa: F401 - registers its work
from moderation.crm.api import blueprint as api
from moderation.crm.panels import of_data, of_outside
from moderation.crm.routes import blueprint


def init_app(app: Flask) -> None:
    """Register the switch, the API and the file for managers."""
    app.register_blueprint(blueprint)
    app.register_blueprint(api)
    register_panel("settings.data", of_data)
    register_panel("outside.sections", of_outside)
