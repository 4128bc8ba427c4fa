"""Moves of campaigns and participations: one conditional update each, written down, told, and the unit with it.

Everything here needs an open unit of work. A row that is no longer where the move starts is left alone, so that a repeated
or late move changes nothing (domain/rewards.md §A4.1, §A4.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from accounts.notifications.telling import tell, tell_many
from common import clock
from common.db import db, insert_many, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor
from rewards.trials import rules
from rewards.trials.models import Trial, TrialApplication, TrialMove, TrialStock
from rewards.trials.rules import CAMPAIGN, PART, CampaignMove, Part, PartMove

AT_ONCE = 300
SILENT = frozenset(
    {PartMove.SELECT, PartMove.GIVE_ADDRESS, PartMove.WITHDRAW, PartMove.DECLINE, PartMove.ASK_REPORT}
)
"""Moves the member made, or that the next one tells of."""
RECALL = frozenset({"recall"})


def campaign(trial_id: int) -> Trial:
    """A campaign by its number. Raises NotFound."""
    found = db.session.get(Trial, trial_id)
    if found is None:
        raise NotFound()
    return found


def hold(trial_id: int) -> Trial:
    """A campaign, its row locked: whoever moves several rows of it comes here first, so that all wait in one line."""
    query = (
        select(Trial).where(Trial.id == trial_id).with_for_update().execution_options(populate_existing=True)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound()
    return found


def turn(trial_id: int, move: CampaignMove, **values: Any) -> bool:
    """Move a campaign. True when this call did it."""
    starts = rules.sources(CAMPAIGN, move)
    end = rules.target(CAMPAIGN, move)
    return bool(update_where(Trial, Trial.id == trial_id, Trial.state.in_(starts), state=end, **values))


def turn_or_fail(trial_id: int, move: CampaignMove, **values: Any) -> bool:
    """Move a campaign; False when it is there already. Raises Conflict where it stands elsewhere, NotFound."""
    if turn(trial_id, move, **values):
        return True
    if campaign(trial_id).state == rules.target(CAMPAIGN, move):
        return False
    raise Conflict(_("This campaign is not at this step any more."))


def step(
    application_id: int, move: PartMove, actor: Actor, note: str = "", of: Part | None = None, **values: Any
) -> bool:
    """Move one participation, write it down, tell the member, free the unit where that is so. ``of``: only from this state."""
    end = rules.target(PART, move)
    starts = rules.sources(PART, move) if of is None else (of,)
    here = (TrialApplication.id == application_id, TrialApplication.state.in_(starts))
    if not update_where(TrialApplication, *here, state=end, updated_at=clock.now(), **values):
        return False
    written = TrialMove(
        application_id=application_id, move=move, state=end, actor_id=actor.member_id, note=note[:300]
    )
    db.session.add(written)
    db.session.flush()
    row = db.session.execute(
        select(TrialApplication.member_id, TrialApplication.trial_id).where(
            TrialApplication.id == application_id
        )
    ).one()
    if move in rules.RELEASING:
        give_back(row.trial_id)
    if move not in SILENT:
        kind = "trial-recall" if note in RECALL else "trial"
        cause = f"trial:{application_id}:{move}:{written.id}"
        tell(
            row.member_id,
            kind,
            cause,
            trial_id=row.trial_id,
            move=move.value,
            why=note if note in REASONS else "",
        )
    return True


REASONS = frozenset({"cancelled", "recall", "fraud", "full", "ineligible", "not-chosen", *rules.Excuse})
"""Notes that a member may read in words; everything else is for the log."""


def step_many(
    trial_id: int, members: Mapping[int, int], move: PartMove, actor: Actor, note: str = "",
    each: Mapping[int, dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Move many participations of one campaign that are locked by the caller and stand where the move starts.

    ``members`` maps applications to members, ``each`` has more values for a row. A number of statements that does not
    depend on how many they are, but for parts of some hundreds.
    """
    end, now = rules.target(PART, move), clock.now()
    table = TrialApplication.__table__
    kind = "trial-recall" if note in RECALL else "trial"
    ids = list(members)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        given = [(each or {}).get(one, {}) for one in part]
        rows = [
            {"row_id": one} | {f"new_{name}": value for name, value in values.items()}
            for one, values in zip(part, given, strict=True)
        ]
        more: dict[str, Any] = {name: bindparam(f"new_{name}") for name in given[0]}
        here = update(table).where(table.c.id == bindparam("row_id"))
        statement = here.values(state=end, updated_at=now, **more)
        db.session.execute(statement, rows)
        insert_many(
            TrialMove,
            [{"application_id": one, "move": move, "state": end, "actor_id": actor.member_id, "note": note, "at": now} for one in part],
        )  # fmt: skip
        if move not in SILENT:
            news = {members[one]: {"trial_id": trial_id, "move": move.value, "why": note} for one in part}
            tell_many(news, kind, f"trial:{trial_id}:{move}")
    db.session.expire_all()


def take_unit(trial_id: int) -> bool:
    """Hold one more unit, if there is one. The database decides who gets the last."""
    free = (TrialStock.trial_id == trial_id, TrialStock.held < TrialStock.stock)
    return bool(update_where(TrialStock, *free, held=TrialStock.held + 1))


def take_units(trial_id: int, count: int) -> bool:
    """Hold that many units at once, or none."""
    free = (TrialStock.trial_id == trial_id, TrialStock.held + count <= TrialStock.stock)
    return bool(update_where(TrialStock, *free, held=TrialStock.held + count))


def give_back(trial_id: int) -> None:
    """A unit is free again."""
    update_where(TrialStock, TrialStock.trial_id == trial_id, TrialStock.held > 0, held=TrialStock.held - 1)


def own(actor: Actor, trial_id: int) -> TrialApplication:
    """The actor's own participation. Raises NotFound."""
    a = TrialApplication
    found = db.session.scalar(select(a).where(a.trial_id == trial_id, a.member_id == actor.person_id))
    if found is None:
        raise NotFound()
    return found
