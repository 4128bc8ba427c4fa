"""How often a guide is read: the order of the list, and the tie among equally fitting results."""

from __future__ import annotations

from datetime import timedelta

from common.db import update_where
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from forum.content.guides.models import Guide
from forum.tallies import EVERY_SECONDS, Tally

_views = Tally()


def note(id: int, **_more: object) -> None:
    """Somebody reads a guide."""
    _views.note(id)


def write_down_if_due() -> None:
    """For servers whose worker is another process."""
    if _views.is_due():
        write_down()


@periodic("guides.views", every=timedelta(seconds=EVERY_SECONDS))
def write_down() -> None:
    """Add what was counted, in the order of ids."""
    counted = _views.take()
    if counted:
        with unit_of_work():
            for guide_id in sorted(counted):
                update_where(Guide, Guide.id == guide_id, view_count=Guide.view_count + counted[guide_id])
