"""Finding: one index over all published questions with their answers, in two makes behind one interface.

Whoosh in the data folder by default, PostgreSQL's own full text where the database is PostgreSQL. The index holds
ids and word stems only; what a page shows is read again through ``visible_to``. ``index.py`` is the face towards
the rest (``index_questions``, ``rebuild``, ``status``), ``finding.py`` and ``similar.py`` answer people.
"""

from __future__ import annotations

from flask import Flask

from common import rail
from common.health import Finding, check
from forum.search import commands, index, jobs, models, panels, routes  # noqa: F401 - registers jobs and tables
from forum.search.briefs import jobs as _brief_jobs  # noqa: F401 - periodic work
from forum.search.briefs import models as _briefs  # noqa: F401 - tables
from forum.search.briefs.routes import briefs
from forum.search.log import jobs as _log_jobs  # noqa: F401 - periodic work
from forum.search.log import models as _log  # noqa: F401 - tables
from forum.search.log.routes import searches
from forum.search.synonyms import models as _synonyms  # noqa: F401 - tables
from forum.search.synonyms.routes import synonyms


@check("search index", quick=True)
def _search_index() -> Finding:
    found = index.status()
    advice = "It is made anew within ten minutes, or now with: flask --app app search rebuild"
    return Finding("search index", found.well, f"{found.make}: {found.detail}", advice)


def init_app(app: Flask) -> None:
    """Register the page and the commands."""
    for blueprint in (routes.bp, searches, synonyms, briefs):
        app.register_blueprint(blueprint)
    rail.add("community", *panels.RAIL)
    commands.init_app(app)
