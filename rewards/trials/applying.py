"""Applying: eligibility first, then answers and declarations; changed or taken back until applications end."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from accounts.members.permissions import own_id
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from rewards.trials import drafts, eligibility, rules, wording
from rewards.trials.campaigns import settle
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.moving import campaign, hold, own, step
from rewards.trials.permissions import can_apply, can_take_part
from rewards.trials.rules import Campaign, Declared, Part, PartMove
from rewards.trials.selecting import fill
from rewards.trials.sending.addresses import forget

ANSWER_MOST = 1000
QUESTIONS_MOST = 5


@dataclass(frozen=True, slots=True)
class Form:
    """What an applicant sends."""

    answers: tuple[str, ...]
    adult: bool
    country: str
    equipment: bool
    outside: bool
    consent: bool
    rules_hash: str = ""


def apply(actor: Actor, trial_id: int, form: Form) -> int:
    """Send or change an application; returns its number. The same again changes nothing.

    Raises Forbidden with the failing line, Invalid per field, Conflict when applications have ended.
    """
    require(can_apply(actor))
    member_id = own_id(actor)
    with unit_of_work():
        trial = open_trial(trial_id)
        _require_complete(trial, form)
        declared = Declared(form.adult, form.country, form.equipment, form.outside, trial.rules_hash)
        failing = rules.failing(eligibility.checks_for(member_id, trial, declared))
        if failing:
            raise Forbidden(wording.line_sentence(failing[0], trial))
        values = {
            "answers": [without_cards(one) for one in form.answers], "adult": True, "country": form.country,
            "equipment": form.equipment, "outside": True, "consent_hash": trial.rules_hash, "updated_at": clock.now(),
        }  # fmt: skip
        made = insert_once(
            TrialApplication, trial_id=trial_id, member_id=member_id, state=Part.APPLIED, **values
        )
        if made is None:
            mine = (TrialApplication.trial_id == trial_id, TrialApplication.member_id == member_id)
            changeable = TrialApplication.state.in_((Part.APPLIED, Part.WITHDRAWN))
            if not update_where(
                TrialApplication, *mine, changeable, state=Part.APPLIED, answer_score=None, **values
            ):
                raise Conflict(_("Your application cannot be changed any more."))
            made = db.session.scalars(select(TrialApplication.id).where(*mine)).one()
        drafts.drop(member_id, trial_id, drafts.APPLICATION)
        return made


def open_trial(trial_id: int) -> Trial:
    """A campaign that takes applications, its row locked so that none slips in while they end. Raises NotFound, Conflict."""
    trial = hold(trial_id)
    if trial.state == Campaign.DRAFT:
        raise NotFound()
    if trial.state != Campaign.OPEN or (trial.ends_at is not None and clock.now() >= trial.ends_at):
        raise Conflict(_("Applications have ended. What you wrote is kept as a draft."))
    return trial


def _require_complete(trial: Trial, form: Form) -> None:
    faults: dict[str, Sentence | str] = {}
    for number in range(len(trial.questions)):
        answer = form.answers[number].strip() if number < len(form.answers) else ""
        if not answer:
            faults[f"answer{number}"] = _("Please answer in a few words.")
        elif len(answer) > ANSWER_MOST:
            faults[f"answer{number}"] = _("Please keep to %(high)s characters.", high=ANSWER_MOST)
    if not form.adult:
        faults["adult"] = _("Trials are open to adults only.")
    if form.country not in trial.countries:
        faults["country"] = _("Choose where the product would be sent.")
    if not form.outside:
        faults["outside"] = _("Trials are not open to the team and the people they live with.")
    if not form.consent:
        faults["consent"] = _("Please agree to the rules of the trial.")
    elif form.rules_hash != trial.rules_hash:
        faults["consent"] = _("The rules of the trial have changed. Please read them again.")
    if faults:
        raise Invalid(fields=faults)


def keep_draft(actor: Actor, trial_id: int, form: Form) -> None:
    """Keep what is typed until the member goes on; on the server, so that any device finds it."""
    require(can_apply(actor))
    if campaign(trial_id).state == Campaign.DRAFT:
        raise NotFound()
    fields = {
        f"answer{number}": one[:ANSWER_MOST] for number, one in enumerate(form.answers[:QUESTIONS_MOST])
    }
    fields |= {"country": form.country[:2]}
    fields |= {name: "1" for name in ("adult", "equipment", "outside") if getattr(form, name)}
    drafts.keep(own_id(actor), trial_id, drafts.APPLICATION, fields)


def withdraw(actor: Actor, trial_id: int) -> bool:
    """Take an application back, or leave the waiting list. True when there was one."""
    require(can_take_part(actor))
    with unit_of_work():
        return step(own(actor, trial_id).id, PartMove.WITHDRAW, actor)


def decline(actor: Actor, trial_id: int) -> bool:
    """Give a place back before the product has left: it goes to the head of the waiting list."""
    require(can_take_part(actor))
    with unit_of_work():
        hold(trial_id)
        mine = own(actor, trial_id)
        if not step(mine.id, PartMove.DECLINE, actor):
            if own(actor, trial_id).state == Part.DECLINED:
                return False
            raise Conflict(_("The product has left already. Write to us if you cannot take it."))
        forget([mine.id])
        fill(trial_id, actor)
        settle(trial_id, actor)
        return True
