"""Choosing testers: a preview, a confirmation of exactly that, and a waiting list in frozen order (§A4.4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.secrecy import Unreadable, unseal
from common.unit_of_work import record, unit_of_work
from rewards.events import TesterSelected
from rewards.ledger import balances
from rewards.trials import eligibility, lottery
from rewards.trials.campaigns import USE, settle
from rewards.trials.lottery import Candidate, Merit, Placed
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.moving import campaign, give_back, step, step_many, take_unit, take_units, turn_or_fail
from rewards.trials.numbers import terms
from rewards.trials.permissions import can_run
from rewards.trials.rules import Campaign, CampaignMove, Line, Part, PartMove

ANSWER_BEST = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """What a confirmation would do. ``digest`` names it."""

    placed: list[Placed]
    merits: dict[int, Merit]
    scores: dict[int, int]
    failing: dict[int, list[Line]]
    digest: str
    seed: str


def score_answers(actor: Actor, application_id: int, value: int) -> None:
    """Score the answers of an application from 0 to 5, without knowing whose they are."""
    require(can_run(actor))
    if not 0 <= value <= ANSWER_BEST:
        raise Invalid(fields={"score": _("A score is a whole number from 0 to 5.")})
    with unit_of_work():
        here = (TrialApplication.id == application_id, TrialApplication.state == Part.APPLIED)
        if not update_where(TrialApplication, *here, answer_score=value):
            raise Conflict(_("This application is not being looked at any more."))


def preview(actor: Actor, trial_id: int) -> Selection:
    """Who would be chosen now. Writes nothing."""
    require(can_run(actor))
    trial = campaign(trial_id)
    if trial.state != Campaign.SELECTING:
        raise Conflict(_("This campaign is not at this step any more."))
    return _select(trial, lock=False)


def _select(trial: Trial, lock: bool) -> Selection:
    a = TrialApplication
    query = select(a).where(a.trial_id == trial.id, a.state == Part.APPLIED).order_by(a.id)
    applications = list(db.session.scalars(query.with_for_update() if lock else query))
    if lock:
        _hold_values(trial, [one.member_id for one in applications])
    failing = eligibility.failing_of(applications, trial)
    passing = [one for one in applications if not failing[one.id]]
    merits = eligibility.merits(passing, trial)
    new = eligibility.newcomers([one.member_id for one in passing], trial)
    ranks = {
        one: known.rank for one, known in eligibility.standings([p.member_id for p in passing], trial).items()
    }
    scores = {one: lottery.score(merit) for one, merit in merits.items()}
    candidates = [
        Candidate(one.id, scores[one.id], one.member_id in new, ranks[one.member_id]) for one in passing
    ]
    seed = seed_of(trial)
    quotas = lottery.quotas(trial.method, trial.stock, trial.merit_percent, trial.newcomers_percent)
    placed = lottery.place(seed, trial.method, candidates, quotas)
    out = {one: lines for one, lines in failing.items() if lines}
    return Selection(placed, merits, scores, out, lottery.digest(placed), seed)


def _hold_values(trial: Trial, member_ids: list[int]) -> None:
    """The stop of the year is asked under the members' own locks, as it is for discounts and gifts: two campaigns, or a
    campaign and an exchange, cannot both find the last room."""
    if trial.is_kept and trial.value_minor:
        balances.hold(member_ids)


def seed_of(trial: Trial) -> str:
    """The sealed seed. Raises Conflict when it is not the one that was committed to."""
    try:
        seed = unseal(USE, trial.seed_cipher or b"")
    except Unreadable:
        seed = ""
    if not seed or not lottery.holds(seed, trial.commitment):
        raise Conflict(_("The seed of the draw is not the one that was announced. Nobody was chosen."))
    return seed


def confirm(actor: Actor, trial_id: int, digest: str) -> bool:
    """Choose: what the preview of this digest showed, and nothing else. The seed is published with it.

    False when it was confirmed before. Raises Conflict when something changed since the preview.
    """
    require(can_run(actor))
    with unit_of_work():
        trial = campaign(trial_id)
        if trial.state == Campaign.SHIPPING:
            return False
        if not turn_or_fail(trial_id, CampaignMove.CONFIRM, selected_at=clock.now()):
            return False
        chosen = _select(campaign(trial_id), lock=True)
        if chosen.digest != digest:
            raise Conflict(_("Something changed since you looked: here is the new selection."))
        _carry_out(actor, trial_id, chosen)
        audit.write(
            actor, "trial.selected", "trial", trial_id,
            after={"places": sum(one.lot is not None for one in chosen.placed), "digest": digest, "ineligible": len(chosen.failing)},
        )  # fmt: skip
        settle(trial_id, actor)
        return True


def _carry_out(actor: Actor, trial_id: int, chosen: Selection) -> None:
    places = [one for one in chosen.placed if one.lot is not None]
    if not take_units(trial_id, len(places)):
        raise Conflict(_("There are fewer products than places."))
    update_where(Trial, Trial.id == trial_id, seed=chosen.seed)
    members = _members(trial_id)
    extra: dict[int, dict[str, Any]] = {}
    for number, one in enumerate(chosen.placed, 1):
        extra[one.id] = {
            "position": number,
            "lot": one.lot,
            "score": chosen.scores[one.id],
            "merit": asdict(chosen.merits[one.id]),
        }
    now = clock.now()
    for one in places:
        extra[one.id]["selected_at"] = now
    won = {one.id: members[one.id] for one in places}
    due = {one: {"address_due_at": now + terms().address} for one in won}
    step_many(trial_id, won, PartMove.SELECT, actor, each=extra)
    step_many(trial_id, won, PartMove.ASK_ADDRESS, SYSTEM, each=due)
    waiting = {one.id: members[one.id] for one in chosen.placed if one.lot is None}
    step_many(trial_id, waiting, PartMove.WAITLIST, actor, each=extra)
    failing = {one: {"failing": [str(line) for line in lines]} for one, lines in chosen.failing.items()}
    step_many(trial_id, {one: members[one] for one in failing}, PartMove.REJECT, actor, "ineligible", failing)
    for row_id, member_id in won.items():
        record(TesterSelected(member_id, trial_id, row_id))


def _members(trial_id: int) -> dict[int, int]:
    a = TrialApplication
    rows = db.session.execute(
        select(a.id, a.member_id).where(a.trial_id == trial_id, a.state == Part.APPLIED)
    )
    return {row.id: row.member_id for row in rows}


def fill(trial_id: int, actor: Actor) -> int:
    """Give free units to the head of the waiting list, in frozen order, whoever still may. Returns how many were given.

    Needs an open unit of work. A head that is not eligible any more is dropped (invariant 27).
    """
    given = 0
    trial = campaign(trial_id)
    if trial.state != Campaign.SHIPPING:
        return 0
    held = False
    while take_unit(trial_id):
        if not held:
            a = TrialApplication
            waiting = select(a.member_id).where(a.trial_id == trial_id, a.state == Part.WAITLISTED)
            _hold_values(trial, list(db.session.scalars(waiting)))
            held = True
        if not _offer_to_head(trial_id, actor):
            give_back(trial_id)
            break
        given += 1
    return given


def _offer_to_head(trial_id: int, actor: Actor) -> bool:
    """The unit in hand goes to the first on the list who may have it. False when the list is empty."""
    a = TrialApplication
    head = select(a).where(a.trial_id == trial_id, a.state == Part.WAITLISTED).order_by(a.position).limit(1)
    while (one := db.session.scalar(head)) is not None:
        row_id, member_id = one.id, one.member_id
        lines = eligibility.failing_of([one], campaign(trial_id))[row_id]
        if lines:
            step(row_id, PartMove.REJECT, actor, "ineligible", failing=[str(line) for line in lines])
        elif step(row_id, PartMove.SELECT, actor, selected_at=clock.now(), lot=lottery.Lot.LOTTERY):
            step(row_id, PartMove.ASK_ADDRESS, SYSTEM, address_due_at=clock.now() + terms().address)
            record(TesterSelected(member_id, trial_id, row_id))
            return True
    return False
