"""The guide of three minutes: how the house works, read to its end once."""

from __future__ import annotations

from common import clock, jobs
from common.db import insert_once
from common.i18n import _
from common.permissions import ALLOWED, Actor, refuse, require
from common.unit_of_work import unit_of_work
from rewards.badges.models import GuideRead


def finish_guide(actor: Actor) -> bool:
    """Note that a member read it. True the first time."""
    require(refuse(_("Sign in first.")) if not actor.signed_in else ALLOWED)
    with unit_of_work():
        read = insert_once(GuideRead, member_id=actor.member_id, read_at=clock.now())
        if read is not None:
            jobs.enqueue("rewards.standing", {"member_id": actor.member_id})
        return read is not None
