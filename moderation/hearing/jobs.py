"""Work of listening outside the request."""

from __future__ import annotations

from datetime import timedelta

from common.jobs import periodic
from moderation.hearing import weighing


@periodic("hearing.weigh", every=timedelta(hours=1))
def weigh_messages() -> None:
    """Weigh what was said; what is too old goes."""
    weighing.weigh()
    weighing.forget_old()
