"""Reports: written in time or late, with photos; more time once; an excuse; judged by the team whatever they say.

A report fulfils the duty whatever mark it gives (domain/rewards.md §A4.5). Nothing here passes the mark on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work
from forum.images.models import Image
from rewards.events import TrialReportAccepted
from rewards.ledger import booking
from rewards.ledger.booking import Place
from rewards.ledger.causes import add_reader
from rewards.ledger.limits import rule
from rewards.ledger.rules import Cause, CauseType, plain_pay
from rewards.trials import drafts, rules
from rewards.trials.campaigns import excuse_one, settle
from rewards.trials.models import TrialApplication, TrialReport
from rewards.trials.moving import campaign, hold, own, step
from rewards.trials.numbers import terms
from rewards.trials.permissions import can_run, can_take_part
from rewards.trials.rules import IN_HAND, Campaign, Excuse, Part, PartMove

TEXT_MOST = 5000
TEXT_LEAST = 20
PHOTOS_MOST = 6
NOTE_MOST = 500
CHECKED_MOST = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What a tester writes. ``checklist`` are the numbers of the steps that were done."""

    rating: int
    first_days: str
    liked: str
    disliked: str
    checklist: tuple[int, ...] = ()
    photos: tuple[str, ...] = ()


def report(actor: Actor, trial_id: int, typed: Report) -> bool:
    """Send the report; before the team has accepted it, send it anew. True when it is the first."""
    require(can_take_part(actor))
    with unit_of_work():
        hold(trial_id)
        mine, trial = own(actor, trial_id), campaign(trial_id)
        if trial.state == Campaign.SUSPENDED or mine.state not in (*IN_HAND, Part.REPORTED):
            raise Conflict(_("No report is due at this step."))
        values = _values(actor, typed, len(trial.steps))
        now, row_id, member_id, due_at = clock.now(), mine.id, mine.member_id, mine.due_at or clock.now()
        on_time = mine.state != Part.OVERDUE and rules.is_on_time(now, due_at, terms())
        first = mine.reported_at is None
        if insert_once(TrialReport, application_id=row_id, **values) is None:
            update_where(TrialReport, TrialReport.application_id == row_id, **values)
        stamp: dict[str, Any] = {"reported_at": now, "on_time": on_time} if first else {}
        step(row_id, PartMove.REPORT, actor, excuse=None, excuse_asked_at=None, **stamp)
        drafts.drop(member_id, trial_id, drafts.REPORT)
        settle(trial_id, actor)
        return first


def _values(actor: Actor, typed: Report, steps: int) -> dict[str, object]:
    faults: dict[str, Sentence | str] = {}
    if not 1 <= typed.rating <= 5:
        faults["rating"] = _("Choose a mark from 1 to 5. Any mark is welcome.")
    texts = {name: getattr(typed, name).strip() for name in ("first_days", "liked", "disliked")}
    for name, text in texts.items():
        if len(text) > TEXT_MOST:
            faults[name] = _("Please keep to %(high)s characters.", high=TEXT_MOST)
    if len(texts["first_days"]) < TEXT_LEAST:
        faults["first_days"] = _("Tell in a few sentences how it went.")
    if not texts["liked"] and not texts["disliked"]:
        faults["liked"] = _("Name at least one thing you liked, or did not like.")
    if len(typed.photos) > PHOTOS_MOST:
        faults["photos"] = _("At most %(most)s pictures.", most=PHOTOS_MOST)
    if faults:
        raise Invalid(fields=faults)
    return {
        "rating": typed.rating, **{name: without_cards(text) for name, text in texts.items()},
        "checklist": sorted({one for one in typed.checklist if 0 <= one < steps}),
        "photos": _own_pictures(actor, typed.photos), "written_at": clock.now(),
    }  # fmt: skip


def _own_pictures(actor: Actor, keys: Collection[str]) -> list[str]:
    mine = select(Image.file_key).where(Image.member_id == actor.person_id, Image.file_key.in_(list(keys)))
    known = set(db.session.scalars(mine))
    return [one for one in dict.fromkeys(keys) if one in known]


def keep_draft(actor: Actor, trial_id: int, typed: Report) -> None:
    """Keep a report that is not finished."""
    require(can_take_part(actor))
    member_id = own(actor, trial_id).member_id
    fields = {name: getattr(typed, name)[:TEXT_MOST] for name in ("first_days", "liked", "disliked")}
    more = {
        "rating": str(typed.rating or ""),
        "photos": " ".join(_own_pictures(actor, typed.photos)[:PHOTOS_MOST]),
    }
    steps = {"checklist": " ".join(str(one) for one in typed.checklist[:CHECKED_MOST])}
    drafts.keep(member_id, trial_id, drafts.REPORT, fields | more | steps)


# --- more time, and excuses -------------------------------------------------------------------------------------


def extend(actor: Actor, trial_id: int) -> bool:
    """Two weeks more, once, without asking. False when they were taken before."""
    require(can_take_part(actor))
    with unit_of_work():
        mine = own(actor, trial_id)
        if mine.due_at is None or mine.state not in (Part.DELIVERED, Part.REPORT_DUE):
            raise Conflict(_("There is no date to put off at this step."))
        here = (TrialApplication.id == mine.id, TrialApplication.extended_at.is_(None))
        due = mine.due_at + terms().extension
        state = TrialApplication.state.in_((Part.DELIVERED, Part.REPORT_DUE))
        return bool(update_where(TrialApplication, *here, state, extended_at=clock.now(), due_at=due))


def ask_excuse(actor: Actor, trial_id: int, why: Excuse | None, text: str) -> None:
    """Say that the product never came, is broken, or that one is ill. Until the team has looked, nothing counts as missing."""
    require(can_take_part(actor))
    text = text.strip()
    with unit_of_work():
        mine = own(actor, trial_id)
        allowed = {Excuse.UNDELIVERED} if mine.state == Part.SHIPPED else {Excuse.DEFECTIVE, Excuse.ILLNESS}
        if mine.state not in (*IN_HAND, Part.SHIPPED):
            raise Conflict(_("Nothing is owed at this step."))
        if why not in allowed:
            raise Invalid(fields={"why": _("Choose what happened.")})
        if not text or len(text) > NOTE_MOST:
            raise Invalid(
                fields={"text": _("Tell us in a few words, up to %(high)s characters.", high=NOTE_MOST)}
            )
        values = {
            "excuse": why,
            "excuse_text": without_cards(text),
            "excuse_asked_at": mine.excuse_asked_at or clock.now(),
        }
        here = (TrialApplication.id == mine.id, TrialApplication.state == mine.state)
        if not update_where(TrialApplication, *here, **values):
            raise Conflict()


def decide_excuse(actor: Actor, application_id: int, granted: bool, reason: str = "") -> bool:
    """The team takes an excuse, or does not; the member is told. Taken, it never counts against them."""
    require(can_run(actor))
    with unit_of_work():
        one = _application(application_id)
        trial_id = one.trial_id
        hold(trial_id)
        db.session.refresh(one)
        why = one.excuse
        if why is None or one.excuse_asked_at is None:
            return False
        audit.write(
            actor,
            "trial.excuse_decided",
            "trial_application",
            application_id,
            after={"why": why, "granted": granted},
            reason=reason,
        )
        if not granted:
            _refuse(one, one.excuse_asked_at)
            return True
        if why is Excuse.UNDELIVERED:
            moved = step(application_id, PartMove.LOSE, actor, note=why.value, excuse_asked_at=None)
        else:
            moved = excuse_one(actor, application_id, why)
        settle(trial_id, actor)
        return moved


def _refuse(one: TrialApplication, asked_at: datetime) -> None:
    """Not taken: what was waited counts against nobody. Who was late before stays so, with as long to write before it counts
    as never."""
    row_id, member_id, trial_id, late = one.id, one.member_id, one.trial_id, one.state == Part.OVERDUE
    bounds, now, due = terms(), clock.now(), one.due_at
    if due is not None:
        due = rules.due_after_refusal(
            due, asked_at, now, bounds.after_excuse - (bounds.default if late else timedelta(0))
        )
    here = (TrialApplication.id == row_id, TrialApplication.excuse_asked_at == asked_at)
    update_where(TrialApplication, *here, excuse=None, excuse_asked_at=None, due_at=due)
    cause = f"trial:{row_id}:no-excuse:{asked_at:%Y%m%d%H%M%S}"
    tell(member_id, "trial", cause, trial_id=trial_id, move="no_excuse")


# --- judged by the team -----------------------------------------------------------------------------------------


def accept(actor: Actor, application_id: int) -> bool:
    """Take a report. Points for coming in time are booked once; what the report says plays no part."""
    require(can_run(actor))
    with unit_of_work():
        one = _application(application_id)
        trial_id, member_id, on_time = one.trial_id, one.member_id, bool(one.on_time)
        trial = hold(trial_id)
        if not step(application_id, PartMove.ACCEPT, actor):
            if _application(application_id).state == Part.ACCEPTED:
                return False
            raise Conflict(_("There is no report to judge here."))
        if on_time:
            earned = rule("trial.report_on_time")
            cause = Cause(CauseType.TRIAL_REPORT, str(application_id))
            booking.credit(member_id, earned, cause, plain_pay(earned), Place(), actor.member_id)
        record(TrialReportAccepted(member_id, trial_id, application_id, trial.product_id or 0, on_time))
        audit.write(
            actor, "trial.report_accepted", "trial_application", application_id, after={"on_time": on_time}
        )
        settle(trial_id, actor)
        return True


def annul(actor: Actor, application_id: int, reason: str) -> bool:
    """An accepted report was fraud: its points are taken back and it counts as one that never came (§A1.2). True when new."""
    require(can_run(actor))
    words = " ".join(reason.split())
    if not words or len(words) > NOTE_MOST:
        raise Invalid(
            fields={"note": _("Say in a few words why, up to %(high)s characters.", high=NOTE_MOST)}
        )
    with unit_of_work():
        one = _application(application_id)
        hold(one.trial_id)
        db.session.refresh(one)
        if one.state != Part.ACCEPTED:
            if one.state == Part.DEFAULTED:
                return False
            raise Conflict(_("Only a report that was accepted is taken back."))
        step(
            application_id,
            PartMove.DEFAULT,
            actor,
            "fraud",
            Part.ACCEPTED,
            defaulted_at=clock.now(),
            on_time=False,
        )
        cause = Cause(CauseType.TRIAL_REPORT, str(application_id))
        booking.reverse_cause(cause, actor.member_id, "removed")
        audit.write(actor, "trial.report_annulled", "trial_application", application_id, reason=words)
        return True


def ask_more(actor: Actor, application_id: int, note: str) -> bool:
    """Ask a tester to complete a report, with what is missing; a week more, and in time it stays."""
    require(can_run(actor))
    note = " ".join(note.split())
    if not note or len(note) > NOTE_MOST:
        raise Invalid(
            fields={"note": _("Tell the tester what is missing, up to %(high)s characters.", high=NOTE_MOST)}
        )
    with unit_of_work():
        one = _application(application_id)
        week = clock.now() + 7 * rules.DAY
        due_at = max(one.due_at or week, week)
        update_where(TrialReport, TrialReport.application_id == application_id, team_note=note)
        if not step(application_id, PartMove.ASK_MORE, actor, due_at=due_at):
            raise Conflict(_("There is no report to judge here."))
        audit.write(actor, "trial.report_sent_back", "trial_application", application_id, reason=note)
        return True


def _not_accepted(lines: list[booking.Line]) -> list[booking.Line]:
    """Lines of reports that are not accepted, or not in time (``ledger.causes``)."""
    a = TrialApplication
    ids = {int(one.cause.id) for one in lines}
    accepted = select(a.id).where(a.id.in_(ids), a.state == Part.ACCEPTED, a.on_time.is_(True))
    there = set(db.session.scalars(accepted))
    return [one for one in lines if int(one.cause.id) not in there]


add_reader(CauseType.TRIAL_REPORT, _not_accepted)


def _application(application_id: int) -> TrialApplication:
    found = db.session.get(TrialApplication, application_id)
    if found is None:
        raise NotFound()
    return found
