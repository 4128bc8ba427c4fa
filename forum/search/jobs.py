"""Work on the index outside the request: the only place that writes it while the site runs."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from common import clock, jobs
from common.db import db
from common.unit_of_work import unit_of_work
from forum.search import index
from forum.search.documents import published_count
from forum.search.rules import Resting

log = logging.getLogger("fourmi.search")
SMALL = 500
"""A missing index over so few questions is made at once; a larger one by its own job."""


@jobs.job("search.index", batch=True)
def index_questions(payloads: list[dict[str, Any]]) -> None:
    """Bring the index up to date for the questions named (``question_id``), many in one go."""
    ids = {payload["question_id"] for payload in payloads}
    try:
        index.index_questions(ids)
    except Resting:
        if published_count() <= SMALL:
            index.rebuild()
        else:
            _ask_for_rebuild()


@jobs.job("search.rebuild")
def rebuild(_payload: dict[str, Any]) -> None:
    """Make the whole index anew, unless somebody did so meanwhile."""
    if not index.status().well:
        index.rebuild()


def compact_soon() -> None:
    """Once for all that is erased within an hour, after the index has read what was changed. Inside the open unit of work."""
    at = clock.now().replace(minute=5, second=0, microsecond=0) + timedelta(hours=1)
    jobs.enqueue("search.compact", {}, f"search.compact:{at:%Y%m%d%H}", at)


@jobs.job("search.compact")
def compact(_payload: dict[str, Any]) -> None:
    """Leave nothing in the index of what was erased."""
    index.compact()


@jobs.periodic("search.look_after_index", every=timedelta(minutes=10))
def look_after_index() -> None:
    """An index that is damaged, missing or far behind is made anew."""
    found = index.status()
    if not found.well:
        log.warning("the search index is made anew: %s", found.detail)
        _ask_for_rebuild()


def _ask_for_rebuild() -> None:
    db.session.rollback()
    with unit_of_work():
        waiting = db.session.scalar(
            db.select(jobs.Job.id).where(
                jobs.Job.kind == "search.rebuild", jobs.Job.done_at.is_(None), jobs.Job.parked_at.is_(None)
            )
        )
        if waiting is None:
            jobs.enqueue("search.rebuild", {})
