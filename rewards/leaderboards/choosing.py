"""A member's choice: to stand on leaderboards, or not. It holds at once."""

from __future__ import annotations

from sqlalchemy import delete

from common import clock
from common.db import db, insert_once
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse, require
from common.unit_of_work import unit_of_work
from rewards.leaderboards.models import Unlisted


def can_choose(actor: Actor) -> Verdict:
    """Members choose for themselves."""
    return ALLOWED if actor.member_id is not None else refuse(_("Sign in first."))


def choose(actor: Actor, listed: bool) -> None:
    """Be listed, or not."""
    require(can_choose(actor))
    with unit_of_work():
        if listed:
            db.session.execute(delete(Unlisted).where(Unlisted.member_id == actor.member_id))
        else:
            insert_once(Unlisted, member_id=actor.member_id, since=clock.now())


def is_listed(member_id: int) -> bool:
    """Whether a member wants to be listed."""
    return db.session.get(Unlisted, member_id) is None
