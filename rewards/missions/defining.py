"""Define a mission, open it, end it. A draft may be changed by making another; an active one stands as it was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, insert_many, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.missions.models import Mission, MissionStep
from rewards.missions.permissions import can_run_missions
from rewards.missions.rules import MissionKind, MissionState, StepKind

MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A mission as the form sends it."""

    kind: MissionKind
    title_fr: str
    title_en: str
    starts_at: datetime
    ends_at: datetime | None
    days: int
    reputation: int
    spendable: int
    budget: int
    steps: tuple[tuple[StepKind, int], ...]


def define(actor: Actor, draft: Draft, form_key: str) -> int:
    """Write a mission down as a draft; the same form sent twice makes one."""
    require(can_run_missions(actor))
    with unit_of_work():
        open_ = select(func.count()).where(Mission.state != MissionState.ENDED)
        if (db.session.scalar(open_) or 0) >= MOST_OPEN:
            raise Conflict(_("There are %(count)s missions already: end some first.", count=MOST_OPEN))
        made = insert_once(
            Mission, kind=draft.kind, title_fr=draft.title_fr, title_en=draft.title_en, starts_at=draft.starts_at,
            ends_at=draft.ends_at, days=draft.days, reputation=draft.reputation, spendable=draft.spendable, budget=draft.budget,
            form_key=form_key[:40], created_by_id=actor.member_id,
        )  # fmt: skip
        if made is None:
            return db.session.scalars(select(Mission.id).where(Mission.form_key == form_key[:40])).one()
        rows = [
            {"mission_id": made, "position": number, "kind": kind, "wanted": wanted}
            for number, (kind, wanted) in enumerate(draft.steps, start=1)
        ]
        insert_many(MissionStep, rows)
        audit.write(actor, "mission.defined", "mission", made, after=draft.title_en)
        return made


def activate(actor: Actor, mission_id: int) -> bool:
    """Open it to members. True when that is new."""
    require(can_run_missions(actor))
    with unit_of_work():
        state = _state(mission_id)
        draft = (Mission.id == mission_id, Mission.state == MissionState.DRAFT)
        if not update_where(Mission, *draft, state=MissionState.ACTIVE, activated_at=clock.now()):
            if state == MissionState.ENDED:
                raise Conflict(_("This mission is over."))
            return False
        audit.write(actor, "mission.activated", "mission", mission_id)
        return True


def end(actor: Actor, mission_id: int) -> bool:
    """Nobody can go on with it; who has finished keeps the reward. True when that is new."""
    require(can_run_missions(actor))
    with unit_of_work():
        _state(mission_id)
        if not update_where(
            Mission, Mission.id == mission_id, Mission.state != MissionState.ENDED, state=MissionState.ENDED
        ):
            return False
        audit.write(actor, "mission.ended", "mission", mission_id)
        return True


def _state(mission_id: int) -> MissionState:
    state = db.session.scalar(select(Mission.state).where(Mission.id == mission_id))
    if state is None:
        raise NotFound()
    return MissionState(state)
