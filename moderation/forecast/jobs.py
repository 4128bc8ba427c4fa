"""Work of forecasts outside the request."""

from __future__ import annotations

from typing import Any

from common.jobs import job
from moderation.forecast import running


@job(running.JOB)
def play_part(payload: dict[str, Any]) -> None:
    """The next questions of a forecast."""
    running.play_part(payload["forecast_id"], payload["last_id"])
