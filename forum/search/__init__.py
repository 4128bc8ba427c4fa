"""Finding: one index over all published questions with their answers, in two makes behind one interface.

Whoosh in the data folder by default, PostgreSQL's own full text where the database is PostgreSQL. The index holds
ids and word stems only; what a page shows is read again through ``visible_to``. ``index.py`` is the face towards
the rest (``index_questions``, ``rebuild``, ``status``), ``finding.py`` and ``similar.py`` answer people.
"""

from __future__ import annotations

from flask import Flask

from common.health import Finding, check
from forum.search import commands, index, jobs, models, routes  # noqa: F401 - registers jobs and tables


@check("search index", quick=True)
def _search_index() -> Finding:
    found = index.status()
    advice = "It is made anew within ten minutes, or now with: flask --app app search rebuild"
    return Finding("search index", found.well, f"{found.make}: {found.detail}", advice)


def init_app(app: Flask) -> None:
    """Register the page and the commands."""
    app.register_blueprint(routes.bp)
    commands.init_app(app)
