"""What becomes of trials when an account is closed: places go to others, addresses and texts go for good."""

from __future__ import annotations

from sqlalchemy import select

from common.db import db, update_where
from common.permissions import SYSTEM
from rewards.trials.campaigns import settle
from rewards.trials.models import TrialApplication, TrialReport
from rewards.trials.moving import hold, step
from rewards.trials.rules import PartMove
from rewards.trials.selecting import fill
from rewards.trials.sending.addresses import forget


def leave(member_id: int) -> None:
    """The account is closed: applications are taken back, places freed, addresses and texts go. Inside the open unit of work."""
    a = TrialApplication
    mine = list(
        db.session.execute(
            select(a.id, a.trial_id, a.state).where(a.member_id == member_id).order_by(a.trial_id)
        )
    )
    for row in mine:
        hold(row.trial_id)
        if step(row.id, PartMove.WITHDRAW, SYSTEM) or not step(row.id, PartMove.DECLINE, SYSTEM):
            continue
        fill(row.trial_id, SYSTEM)
        settle(row.trial_id)
    ids = [row.id for row in mine]
    forget(ids)
    update_where(a, a.id.in_(ids), answers=[], excuse_text="", postcode_prefix="")
    gone = {"first_days": "", "liked": "", "disliked": "", "photos": [], "team_note": ""}
    update_where(TrialReport, TrialReport.application_id.in_(ids), **gone)
