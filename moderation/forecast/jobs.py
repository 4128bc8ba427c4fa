"""Work of forecasts outside the request."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from common import jobs
from common.db import db
from common.jobs import job, periodic
from common.unit_of_work import is_busy
from moderation.forecast import running

log = logging.getLogger("fourmi.forecast")
MOST = 1_000


@job(running.JOB)
def play_part(payload: dict[str, Any]) -> None:
    """The next questions of a forecast. What cannot be played will not be the next time either: it ends, and says so."""
    try:
        running.play_part(payload["forecast_id"], payload["last_id"])
    except Exception as error:
        if is_busy(error):
            raise
        log.exception("forecast %s cannot be played", payload["forecast_id"])
        db.session.rollback()
        running.give_up(payload["forecast_id"])


@periodic("forecast.given_up", every=timedelta(minutes=5))
def end_the_given_up() -> None:
    """Forecasts whose work was parked, or ended each time with the worker's death, end as well."""
    for payload in jobs.parked_payloads(running.JOB, MOST):
        running.give_up(payload["forecast_id"])
