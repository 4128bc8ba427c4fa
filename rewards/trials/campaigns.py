"""Campaigns from draft to the end: made, changed, published, ended, cancelled, suspended (domain/rewards.md §A4.1)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.freshness import LISTS, touch
from common.i18n import Sentence, _
from common.permissions import SYSTEM, Actor, require
from common.secrecy import seal
from common.text import slugify
from common.unit_of_work import unit_of_work
from forum.products.models import Product
from forum.questions.models import Question
from rewards.trials import rules
from rewards.trials.lottery import commitment, label, list_hash
from rewards.trials.models import Trial, TrialApplication, TrialStock
from rewards.trials.moving import campaign, step, step_many, turn_or_fail
from rewards.trials.numbers import shares
from rewards.trials.permissions import can_run
from rewards.trials.rules import Campaign, CampaignMove, Method, Part, PartMove
from rewards.trials.sending.addresses import forget

USE = "fourmi-trials"
REASON_MOST = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything staff write about a campaign while it is a draft."""

    title_fr: str
    title_en: str
    product_id: int | None
    stock: int
    ends_at: datetime | None
    answer_at: datetime | None
    summary_fr: str = ""
    summary_en: str = ""
    equipment_id: int | None = None
    equipment_fr: str = ""
    equipment_en: str = ""
    value_minor: int = 0
    is_kept: bool = True
    needs_phone: bool = False
    min_rank: int = 2
    countries: tuple[str, ...] = ("FR",)
    method: Method = Method.MIXED
    questions: tuple[dict[str, str], ...] = ()
    steps: tuple[dict[str, str], ...] = ()
    legal_fr: str = ""
    legal_en: str = ""
    budget_owner_id: int | None = None
    question_id: int | None = None
    questions_day_at: datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)


def draft(actor: Actor, plan: Plan) -> int:
    """Begin a campaign; returns its number. Nobody sees it before it is published."""
    require(can_run(actor))
    with unit_of_work():
        trial = Trial(**_values(plan), created_by_id=actor.member_id)
        trial.merit_percent, trial.newcomers_percent = shares()
        db.session.add(trial)
        db.session.flush()
        audit.write(
            actor, "trial.drafted", "trial", trial.id, after={"title": trial.title_en or trial.title_fr}
        )
        return trial.id


def change(actor: Actor, trial_id: int, plan: Plan) -> None:
    """Change a draft. What members have read and agreed to is not changed any more."""
    require(can_run(actor))
    with unit_of_work():
        values = _values(plan)
        if not update_where(Trial, Trial.id == trial_id, Trial.state == Campaign.DRAFT, **values):
            campaign(trial_id)
            raise Conflict(_("This campaign is published: what members have read stays as it is."))
        audit.write(actor, "trial.changed", "trial", trial_id)


def _values(plan: Plan) -> dict[str, Any]:
    for name in ("product_id", "equipment_id"):
        chosen = getattr(plan, name)
        if chosen is not None and db.session.get(Product, chosen) is None:
            raise Invalid(fields={name: _("There is no product of this number.")})
    if plan.question_id is not None and db.session.get(Question, plan.question_id) is None:
        raise Invalid(fields={"question_id": _("There is no question of this number.")})
    values = {name: value for name, value in asdict(plan).items() if name != "more"}
    values |= {name: list(values[name]) for name in ("countries", "questions", "steps")}
    return values | {"slug": slugify(plan.title_fr or plan.title_en) or "trial"}


FAULTS: dict[str, Sentence] = {
    "title": _("Give the campaign a title."),
    "product": _("Choose the product."),
    "countries": _("Name at least one country it can be sent to."),
    "legal": _("Write the rules that members agree to."),
    "budget_owner": _("Name who answers for the budget."),
    "stock": _("There must be at least one product to test."),
    "ends_at": _("Applications must end in the future."),
    "answer_at": _("The answer to applicants comes after applications have ended."),
    "commitment": _("The draw has no seed yet."),
}
FIELD = {"title": "title_fr", "product": "product_id", "legal": "legal_fr", "budget_owner": "budget_owner_id"}


def publish(actor: Actor, trial_id: int) -> bool:
    """Open applications: the seed of the draw is made and sealed, its hash shown from now on."""
    require(can_run(actor))
    with unit_of_work():
        trial = campaign(trial_id)
        if trial.state != Campaign.DRAFT:
            return turn_or_fail(trial_id, CampaignMove.PUBLISH)
        seed = secrets.token_urlsafe(24)
        missing = rules.faults(_completeness(trial, commitment(seed)), clock.now())
        if missing:
            raise Invalid(fields={FIELD.get(name, name): FAULTS[name] for name in missing})
        opened = turn_or_fail(
            trial_id, CampaignMove.PUBLISH, seed_cipher=seal(USE, seed), commitment=commitment(seed),
            rules_hash=rules_hash(trial.legal_fr, trial.legal_en), published_at=clock.now(),
        )  # fmt: skip
        if opened:
            touch(LISTS)
            insert_once(TrialStock, trial_id=trial_id, stock=trial.stock, held=0)
            audit.write(actor, "trial.published", "trial", trial_id, after={"commitment": commitment(seed)})
        return opened


def rules_hash(*texts: str) -> str:
    """The version of the programme rules a member agrees to: SHA-256 of the texts."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _completeness(trial: Trial, committed: str) -> rules.Completeness:
    return rules.Completeness(
        title=trial.title_fr or trial.title_en, product=trial.product_id is not None, stock=trial.stock, ends_at=trial.ends_at,
        answer_at=trial.answer_at, countries=tuple(trial.countries), legal=trial.legal_fr or trial.legal_en,
        budget_owner=trial.budget_owner_id is not None, commitment=committed,
    )  # fmt: skip


def end_applications(actor: Actor, trial_id: int, reason: str = "") -> bool:
    """No more applications: the list of ids is frozen and hashed. Before the announced end a manager says why."""
    with unit_of_work():
        trial = campaign(trial_id)
        early = trial.ends_at is None or clock.now() < trial.ends_at
        if early or actor is not SYSTEM:
            require(can_run(actor))
        reason = _reason(reason) if early and trial.state == Campaign.OPEN else reason
        if not turn_or_fail(trial_id, CampaignMove.END_APPLICATIONS, frozen_at=clock.now()):
            return False
        touch(LISTS)
        applied = (TrialApplication.trial_id == trial_id, TrialApplication.state == Part.APPLIED)
        ids = list(
            db.session.scalars(select(TrialApplication.id).where(*applied).order_by(TrialApplication.id))
        )
        frozen = list_hash(label(one) for one in ids)
        update_where(Trial, Trial.id == trial_id, frozen=ids, list_hash=frozen)
        audit.write(
            actor, "trial.frozen", "trial", trial_id, after={"count": len(ids), "hash": frozen}, reason=reason
        )
        return True


def cancel(actor: Actor, trial_id: int, reason: str) -> bool:
    """Call a campaign off before anybody was chosen; all applicants are told."""
    require(can_run(actor))
    reason = _reason(reason)
    with unit_of_work():
        if not turn_or_fail(trial_id, CampaignMove.CANCEL, reason=reason, ended_at=clock.now()):
            return False
        touch(LISTS)
        step_many(trial_id, locked(trial_id, Part.APPLIED), PartMove.REJECT, actor, "cancelled")
        audit.write(actor, "trial.cancelled", "trial", trial_id, reason=reason)
        return True


def suspend(actor: Actor, trial_id: int, reason: str) -> bool:
    """A recall: every tester is told at once, and no report is owed any more."""
    require(can_run(actor))
    reason = _reason(reason)
    with unit_of_work():
        if not turn_or_fail(trial_id, CampaignMove.SUSPEND, reason=reason, ended_at=clock.now()):
            return False
        waiting = locked(trial_id, Part.WAITLISTED)
        step_many(trial_id, waiting, PartMove.REJECT, actor, "cancelled")
        owed = rules.sources(rules.PART, PartMove.EXCUSE)
        unsent = locked(trial_id, *rules.UNSENT)
        members = locked(trial_id, *owed)
        recall = {one: {"excuse": rules.Excuse.RECALL} for one in members}
        step_many(trial_id, members, PartMove.EXCUSE, actor, "recall", recall)
        forget(unsent)
        audit.write(actor, "trial.suspended", "trial", trial_id, after={"told": len(members)}, reason=reason)
        return True


def close(actor: Actor, trial_id: int) -> bool:
    """The end: what is left of it is the result, the reports, and addresses until their day."""
    require(can_run(actor))
    with unit_of_work():
        if not turn_or_fail(trial_id, CampaignMove.CLOSE, ended_at=clock.now()):
            return False
        audit.write(actor, "trial.closed", "trial", trial_id)
        return True


def locked(trial_id: int, *states: Part) -> dict[int, int]:
    """Applications in these states with their members, in order, locked until the act is over."""
    a = TrialApplication
    query = select(a.id, a.member_id).where(a.trial_id == trial_id, a.state.in_(states)).order_by(a.id)
    return {row.id: row.member_id for row in db.session.execute(query.with_for_update())}


def settle(trial_id: int, actor: Actor = SYSTEM) -> None:
    """Go on by itself: to the reports when everything has left, towards the end when no report is awaited."""
    trial = campaign(trial_id)
    if trial.state == Campaign.SHIPPING and not _any(trial_id, *rules.UNSENT):
        if turn_or_fail(trial_id, CampaignMove.ALL_SENT):
            step_many(trial_id, locked(trial_id, Part.WAITLISTED), PartMove.REJECT, actor, "full")
        trial = campaign(trial_id)
    awaited = (Part.SHIPPED, Part.DELIVERED, Part.REPORT_DUE)
    if trial.state == Campaign.REPORTING and not _any(trial_id, *awaited):
        turn_or_fail(trial_id, CampaignMove.REPORTS_IN)


def _any(trial_id: int, *states: Part) -> bool:
    a = TrialApplication
    some = select(a.id).where(a.trial_id == trial_id, a.state.in_(states)).limit(1)
    return db.session.scalar(some) is not None


def excuse_one(actor: Actor, application_id: int, why: rules.Excuse) -> bool:
    """Nothing is owed any more for this reason."""
    move = PartMove.BREAK if why is rules.Excuse.DEFECTIVE else PartMove.EXCUSE
    return step(application_id, move, actor, note=why.value, excuse=why, excuse_asked_at=None)


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if not reason:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(reason) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    return reason
