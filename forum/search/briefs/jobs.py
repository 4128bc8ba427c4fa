"""Work on briefs outside the request."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.jobs import periodic
from forum.search.briefs import voting


@periodic("search.forget_briefs", every=timedelta(hours=24))
def forget_briefs() -> None:
    """What was said of briefs is kept as long as the log of searches."""
    voting.forget_old(settings.get("search.log_days"))
