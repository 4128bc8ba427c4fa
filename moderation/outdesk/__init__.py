"""An outside desk says where a case stands there, by the API; the case's own verbs decide what follows.

Public face: ``stating.state``. The far end's side: docs/outside.md.
"""

from __future__ import annotations

from flask import Flask

from common.web import register_panel
from moderation.outdesk import models, notices, retention  # noqa: F401 - registers its work
from moderation.outdesk.api import blueprint
from moderation.outdesk.panels import of_case, of_question


def init_app(app: Flask) -> None:
    """Register the API, what pages show of it, and its news."""
    notices.register_kinds()
    app.register_blueprint(blueprint)
    register_panel("desk.case", of_case)
    register_panel("question.notice", of_question)
