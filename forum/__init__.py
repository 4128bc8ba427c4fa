"""The forum: questions and their answers, from the first draft to the solution.

Public face, for the packages above: the verbs of ``questions/`` (asking, answering, commenting, editing, withdrawing),
``reactions/``, ``solutions/``, ``drafts/`` and ``images/``; ``questions.publishing`` (the one writer of post states, and
the screener's port); ``questions.queries.visible_to`` (the read rule); the facts of ``events.py``.
"""

from __future__ import annotations

from flask import Flask

from forum import handlers, jobs  # noqa: F401 - registers its work
from forum.categories import models as _categories  # noqa: F401 - tables
from forum.images import models as _images  # noqa: F401 - tables
from forum.images import routes as images
from forum.notices import kinds
from forum.questions import models as _questions  # noqa: F401 - tables


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    kinds.register_all()
    handlers.subscribe_all()
    app.register_blueprint(images.bp)
